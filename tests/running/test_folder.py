"""Folders that are whole or absent, whatever moment a process ends at."""

import os

import pytest

from zhibiao.errors import OutputError
from zhibiao.holding import locked
from zhibiao.running.folder import fresh_beside, put_file, put_in_place, recover


@pytest.fixture
def final(tmp_path):
    return tmp_path / "batch" / "500000" / "baseline" / "mine"


def made(final, text):
    folder = fresh_beside(final)
    (folder / "figures").mkdir()
    (folder / "figures" / "a.svg").write_text(text)
    (folder / "manifest.json").write_text("{}")
    return folder


def test_a_folder_replaces_the_older_one(final):
    put_in_place(made(final, "old"), final)
    put_in_place(made(final, "new"), final)
    assert (final / "figures" / "a.svg").read_text() == "new"
    assert [path.name for path in final.parent.iterdir()] == ["mine"]


def test_when_the_second_rename_fails_then_the_older_folder_is_back(final, monkeypatch):
    put_in_place(made(final, "old"), final)
    fresh = made(final, "new")
    rename = type(fresh).rename

    def refuses(path, target):
        if path == fresh:
            raise OSError(28, os.strerror(28))
        return rename(path, target)

    monkeypatch.setattr(type(fresh), "rename", refuses)
    with pytest.raises(OSError, match=os.strerror(28)):
        put_in_place(fresh, final)
    assert (final / "figures" / "a.svg").read_text() == "old"


def test_what_a_kill_left_is_cleared_and_an_older_folder_put_back(tmp_path, final):
    put_in_place(made(final, "old"), final)
    final.rename(final.with_name(".old-mine"))  # killed between the renames
    made(final, "half")
    other = final.with_name("other")
    put_in_place(made(other, "new"), other)
    made(other, "older").rename(final.with_name(".old-other"))  # killed before the older one was removed
    (tmp_path / "batch" / ".tmp-manifest.json").write_text("half")
    recover(tmp_path)
    assert sorted(path.name for path in final.parent.iterdir()) == ["mine", "other"]
    assert (final / "figures" / "a.svg").read_text() == "old"
    assert (other / "figures" / "a.svg").read_text() == "new"
    assert [path.name for path in (tmp_path / "batch").iterdir()] == ["500000"]


def test_a_file_that_cannot_be_copied_leaves_the_older_one(tmp_path):
    (tmp_path / "briefing.pdf").write_text("old")
    with pytest.raises(OSError, match=r"absent\.pdf"):
        put_file(tmp_path / "absent.pdf", tmp_path / "briefing.pdf")
    assert [path.name for path in tmp_path.iterdir()] == ["briefing.pdf"]
    assert (tmp_path / "briefing.pdf").read_text() == "old"


def test_one_at_a_time_and_a_lock_goes_with_its_holder(tmp_path):
    with locked(tmp_path):
        assert (tmp_path / ".lock").read_text() == f"{os.getpid()}\n"
        with pytest.raises(OutputError, match=str(os.getpid())), locked(tmp_path):
            pytest.fail("two hold the lock")
    (tmp_path / ".lock").write_text("4194304000\n")  # of a process that was killed
    with locked(tmp_path):
        assert (tmp_path / ".lock").read_text() == f"{os.getpid()}\n"
    assert (tmp_path / ".lock").read_text() == ""


def test_when_outputs_is_a_file_then_output_error(tmp_path):
    (tmp_path / "out").write_text("")
    with pytest.raises(OutputError), locked(tmp_path / "out"):
        pytest.fail("a file is no folder")


def test_recovering_touches_nothing_of_others(tmp_path):
    theirs = ["proj/.old-notes/a", "proj/notes/b", "proj/.tmp-mine/c", ".download.part", "other/.old-thesis/t", "a/b/c/.old-x/y", "a/b/c/.tmp-z/y", "a/.x.part"]
    ours = ["t/1/s/.tmp-nb-0123abcd/nb.ipynb", "t/.tmp-manifest.json", "t/1/s/.tmp-briefing.pdf", ".index.html.77.part", ".index/.tmp-t.json", "history/.tmp-t-0123abcd/x"]
    for name in (*theirs, *ours):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    recover(tmp_path)
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()} == set(theirs)
