"""A batch may do without the Word file; what an earlier run left of it goes."""

from zhibiao.running.batch import batch


def test_without_word_the_older_word_file_goes(tmp_path, notebook, batch_file):
    books, place = tmp_path / "books", tmp_path / "out" / "trial" / "500000" / "baseline"
    notebook(books / "09_briefing.ipynb", "'简报'")

    def left(**more):
        file = batch_file(tmp_path / "trial.yaml", jobs=1, **more)
        assert batch(file, out=tmp_path / "out", notebooks=books, quiet=True).exit_code == 0
        return {path.relative_to(place).as_posix() for path in place.rglob("*briefing.*") if path.suffix != ".ipynb"}

    both = {"briefing.pdf", "briefing.docx", "09_briefing/09_briefing.pdf", "09_briefing/09_briefing.docx"}
    assert left() == both
    assert left(documents=["pdf"]) == {name for name in both if name.endswith(".pdf")}
    assert left() == both
