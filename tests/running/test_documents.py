"""A batch may do without the Word file and without PNG; what an earlier run left of them goes."""

from zhibiao.running.batch import batch


def test_without_word_the_older_word_file_goes(tmp_path, notebook, batch_file):
    books, place = tmp_path / "books", tmp_path / "out" / "trial" / "500000" / "baseline"
    figure = "from IPython.display import SVG, display\ndisplay(SVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>'), metadata={'image/svg+xml': {'alt': '图'}})"
    notebook(books / "09_briefing.ipynb", "'简报'", figure)

    def left(**more):
        file = batch_file(tmp_path / "trial.yaml", jobs=1, **more)
        assert batch(file, out=tmp_path / "out", notebooks=books, quiet=True).exit_code == 0
        return {path.relative_to(place).as_posix() for path in place.rglob("*briefing*.*") if path.suffix != ".ipynb"}

    figure = "09_briefing/figures/09_briefing-figure-01"
    every = {"briefing.pdf", "briefing.docx", "09_briefing/09_briefing.pdf", "09_briefing/09_briefing.docx", f"{figure}.svg", f"{figure}.png"}
    assert left() == every
    assert left(documents=["pdf"]) == {name for name in every if name.endswith((".pdf", ".svg"))}
    assert left(documents=["pdf", "png"]) == {name for name in every if not name.endswith(".docx")}
    assert left() == every
