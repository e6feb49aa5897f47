"""Outputs at a URL: whole runs, manifests last, nothing made again that is there already."""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest
from fsspec.implementations.asyn_wrapper import AsyncFileSystemWrapper
from fsspec.implementations.memory import MemoryFileSystem

from zhibiao.errors import OutputError, ParameterError
from zhibiao.running import objects, store
from zhibiao.running.batch import batch
from zhibiao.running.job import RunResult, Task
from zhibiao.running.objects import LOCK
from zhibiao.running.store import Store, is_url, opened

RUN = "trial/500000/baseline/a"


@pytest.fixture(autouse=True)
def _own_places(tmp_path, monkeypatch) -> Iterator[None]:
    """Every test has a memory and a staging of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    MemoryFileSystem.store.clear()
    MemoryFileSystem.pseudo_dirs[:] = [""]
    yield
    MemoryFileSystem.store.clear()


@pytest.fixture(params=["memory", "several at a time", "file"])
def url(request, tmp_path, monkeypatch) -> str:
    if request.param == "several at a time":  # as the packages of object stores are

        def several(place: str) -> tuple[AsyncFileSystemWrapper, str]:
            return AsyncFileSystemWrapper(*plain(place)[:1], asynchronous=False), plain(place)[1]

        plain = fsspec.core.url_to_fs
        monkeypatch.setattr(fsspec.core, "url_to_fs", several)
    return (tmp_path / "shared" / "out").as_uri() if request.param == "file" else "memory://bureau/out"


def there(url: str) -> dict[str, bytes]:
    fs, root = fsspec.core.url_to_fs(url)
    return {name[len(root) :].lstrip("/"): fs.cat_file(name) for name in fs.find(root)}


def valid(url: str, run: str = RUN) -> dict[str, bytes] | None:
    """Return the files of a run as a careful reader takes them: those its manifest lists, each with its hash; None where there is none."""
    found = there(url)
    if f"{run}/manifest.json" not in found:
        return None
    listed = json.loads(found[f"{run}/manifest.json"])["files"]
    files = {name: found[f"{run}/{name}"] for name in listed}
    assert {name: hashlib.sha256(content).hexdigest() for name, content in files.items()} == listed
    return files


class Desk:
    """Runs as the runner would have made them, without a kernel."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url

    def make(self, files: dict[str, bytes], asked: str, status: str = "ok", run: str = RUN) -> RunResult:
        batch_name, region, scenario, stem = run.split("/")
        final = self.folder / (run if status != "failed" else f"{run}.failed")
        for name, content in files.items():
            (final / name).parent.mkdir(parents=True, exist_ok=True)
            (final / name).write_bytes(content)
        listed = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
        told = {"status": status, "asked": asked, "key": asked, "files": listed}
        (final / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
        task = Task(Path(f"{stem}.ipynb"), {}, batch_name, region, "重庆", scenario, "")
        return RunResult(task, status, final, OutputError("no") if status == "failed" else None, asked)

    def put(self, result: RunResult, kept: Store | None = None) -> RunResult:
        kept = kept or Store(self.url)
        kept.learn(self.folder, {result.task.folder: result.key})
        return kept.published(result, self.folder)


@pytest.fixture
def desk(tmp_path, url) -> Desk:
    return Desk(tmp_path / "desk", url)


FIRST = {"a.ipynb": b"one", "a.pdf": b"%PDF one", "figures/x.svg": b"<svg/>"}
SECOND = {"a.ipynb": b"two", "a.pdf": b"%PDF two", "tables/y [1].csv": b"1"}


@pytest.mark.parametrize(
    ("out", "meant"),
    [
        ("s3://bureau/out", True), ("memory://x", True), ("file:///srv/out", True), ("abfs://c@a/out", True),
        ("outputs", False), ("C:\\out", False), ("C:/out", False), ("c://out", False), ("/srv/out", False), ("s3:/x", False), ("://x", False),
    ],
)  # fmt: skip
def test_a_url_is_told_from_a_path(out, meant):
    assert is_url(out) is meant


def test_a_path_is_left_as_it_is(tmp_path):
    with opened(tmp_path / "out") as (folder, kept):
        assert (folder, kept) == (tmp_path / "out", None)
    with opened("outputs") as (folder, kept):
        assert (folder, kept) == (Path("outputs"), None)


def test_a_run_is_put_there_whole_and_replaced_whole(desk, url):
    assert desk.put(desk.make(FIRST, "1")).status == "ok"
    assert valid(url) == FIRST
    for path in (desk.folder / RUN).rglob("*.svg"):
        path.unlink()
    assert desk.put(desk.make(SECOND, "2")).status == "ok"
    assert valid(url) == SECOND
    assert set(there(url)) == {f"{RUN}/{name}" for name in (*SECOND, "manifest.json")}  # the figure of the first is gone


@pytest.fixture
def failing(monkeypatch):
    """Have the store refuse what matches a pattern, from the nth time on; return the list of what it is asked to write."""
    asked: list[str] = []
    rule = ["never", 1]

    def refused(path: str) -> None:
        asked.append(path)
        pattern, nth = rule
        if re.search(pattern, path) and sum(re.search(pattern, name) is not None for name in asked) >= nth:
            raise ConnectionError("the line is cut")

    def faulty(function, place: int):
        def called(*given, **named):
            refused(Path(given[place]).as_posix())
            return function(*given, **named)

        return called

    monkeypatch.setattr(MemoryFileSystem, "pipe_file", faulty(MemoryFileSystem.pipe_file, 1))
    monkeypatch.setattr(MemoryFileSystem, "cp_file", faulty(MemoryFileSystem.cp_file, 2))
    monkeypatch.setattr(objects, "write_whole", faulty(objects.write_whole, 0))

    def refuse(pattern: str, nth: int = 1) -> list[str]:
        asked.clear()
        rule[:] = [pattern, nth]
        return asked

    return refuse


@pytest.mark.parametrize("nth", [1, 2, 3])
def test_when_the_line_is_cut_while_sending_then_the_old_run_stays_valid(desk, url, failing, nth):
    desk.put(desk.make(FIRST, "1"))
    failing(r"/a[/.]|/\.tmp-", nth)
    result = desk.put(desk.make(SECOND, "2"))
    assert result.status == "failed"
    assert isinstance(result.error, OutputError)
    assert "the line is cut" in str(result.error)
    assert valid(url) == FIRST


@pytest.mark.parametrize("pattern", [r"baseline/a/a\.pdf$", r"baseline/a/manifest\.json$"])
def test_when_the_line_is_cut_while_putting_in_place_then_no_run_is_seen_and_the_next_batch_mends_it(desk, url, failing, pattern):
    desk.put(desk.make(FIRST, "1"))
    failing(pattern)
    result = desk.make(SECOND, "2")
    assert desk.put(result).status == "failed"
    assert valid(url) is None
    failing("never")
    assert desk.put(result).status == "ok"
    assert {name: content for name, content in valid(url).items() if name in SECOND} == SECOND
    assert not any(".tmp-" in name for name in there(url))


def test_what_a_killed_batch_left_is_cleared_away(desk, url):
    fs, root = fsspec.core.url_to_fs(url)
    left = f"{root}/trial/500000/baseline/.tmp-a-0123abcd"
    fs.makedirs(left, exist_ok=True)
    fs.pipe_file(f"{left}/a.pdf", b"%PDF tw")
    desk.put(desk.make(FIRST, "1"))
    assert set(there(url)) == {f"{RUN}/{name}" for name in (*FIRST, "manifest.json")}


def test_manifest_comes_last(desk, url, failing):
    asked = failing("never")
    desk.put(desk.make(FIRST, "1"))
    assert asked[-1].endswith(f"{RUN}/manifest.json")


def test_what_is_there_is_not_sent_again_and_what_is_damaged_is(desk, url, failing):
    result = desk.make(FIRST, "1")
    desk.put(result)
    asked = failing("never")
    assert desk.put(result).status == "ok"
    assert asked == []
    fs, root = fsspec.core.url_to_fs(url)
    fs.rm_file(f"{root}/{RUN}/a.pdf")
    assert desk.put(result).status == "ok"
    assert valid(url) == FIRST


def test_a_fresh_machine_fetches_what_was_asked_the_same(desk, url, tmp_path):
    result = desk.make(FIRST, "1")
    desk.put(result)
    fresh = tmp_path / "fresh"
    Store(url).learn(fresh, {result.task.folder: "1"})
    assert {name: (fresh / RUN / name).read_bytes() for name in FIRST} == FIRST
    other = tmp_path / "other"
    Store(url).learn(other, {result.task.folder: "2"})
    assert not (other / RUN).exists()


def test_when_an_object_is_not_what_its_manifest_says_then_it_is_not_taken(desk, url, tmp_path):
    result = desk.make(FIRST, "1")
    desk.put(result)
    fs, root = fsspec.core.url_to_fs(url)
    fs.pipe_file(f"{root}/{RUN}/a.pdf", b"%PDF 0ne")  # as long as the true one
    fresh = tmp_path / "fresh"
    Store(url).learn(fresh, {result.task.folder: "1"})
    assert not (fresh / RUN).exists()
    assert list(fresh.rglob(".tmp-*")) == []


def test_what_a_failed_run_left_goes_when_it_succeeds(desk, url):
    desk.put(desk.make({"a.ipynb": b"up to here", "error.txt": b"no"}, "1", "failed"))
    assert set(valid(url, f"{RUN}.failed")) == {"a.ipynb", "error.txt"}
    assert valid(url) is None
    desk.put(desk.make(FIRST, "1"))
    assert valid(url, f"{RUN}.failed") is None
    assert valid(url) == FIRST


def test_only_one_writes_there(url, monkeypatch):
    with opened(url) as (_, kept):
        lock = json.loads(there(url)[LOCK])
        assert lock["process"] > 0 and lock["host"]
        with pytest.raises(OutputError, match="another batch is writing here"), opened(url):
            pass
        monkeypatch.setattr(objects, "STALE", -1.0)  # whoever held it is gone
        with opened(url) as (_, other):
            assert json.loads(there(url)[LOCK])["token"] != lock["token"]
        assert kept.objects.shown == other.objects.shown
    assert there(url) == {}


def test_a_store_that_cannot_be_reached_is_one_message_without_its_password():
    with pytest.raises(ParameterError, match="--out") as refused, opened("nosuch://user:secret@host/x"):
        pass
    assert "secret" not in str(refused.value)


def test_when_there_is_no_lasting_folder_then_a_passing_one_does(url, monkeypatch):
    monkeypatch.setattr(store, "lasting", lambda name: None)
    with opened(url) as (folder, _):
        assert folder.is_dir()
    assert not folder.exists()


def test_a_batch_is_published_and_a_fresh_machine_runs_nothing(tmp_path, notebook, batch_file, monkeypatch):
    url = "memory://bureau/out"
    notebook(tmp_path / "books" / "09_briefing.ipynb", ("'简报'", ["deliverable"]))
    notebook(tmp_path / "books" / "b_raises.ipynb", "'before'", "1 / 0")
    file = batch_file(tmp_path / "trial.yaml")
    result = batch(file, out=url, notebooks=tmp_path / "books", quiet=True)
    assert [run.status for run in result.runs] == ["ok", "failed"]
    found = there(url)
    assert {"index.html", "trial/manifest.json"} <= set(found)
    briefing = "trial/500000/baseline/09_briefing"
    assert found["trial/500000/baseline/briefing.pdf"] == valid(url, briefing)["09_briefing.pdf"]
    assert "error.txt" in valid(url, "trial/500000/baseline/b_raises.failed")
    assert [name for name in found if any(part.startswith(".") for part in name.split("/"))] == []
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "elsewhere"))
    (tmp_path / "books" / "b_raises.ipynb").unlink()
    again = batch(file, out=url, notebooks=tmp_path / "books", quiet=True)
    assert [run.status for run in again.runs] == ["cached"]
    assert {name: content for name, content in there(url).items() if briefing in name} == {
        name: content for name, content in found.items() if briefing in name
    }


def test_pages_beside_runs_are_sent_when_they_change_and_manifests_last(desk, url, failing):
    desk.put(desk.make(FIRST, "1"))
    pages = {"index.html": "i", "trial/manifest.json": "m", "trial/summary.parquet": "s", "trial/500000/baseline/briefing.pdf": "b"}
    for name, content in pages.items():
        (desk.folder / name).write_text(content, encoding="utf-8")
    (desk.folder / "trial" / ".index.json").write_text("of this machine", encoding="utf-8")
    asked = failing("never")

    def put() -> list[str]:
        asked.clear()
        kept = Store(url)
        kept.learn(desk.folder, {})
        assert kept.put_rest(desk.folder, {"trial"}) is None
        return [path.rpartition("/out/")[2] for path in asked if "/out/" in path]

    assert set(put()) == set(pages)
    assert {name: there(url)[name].decode() for name in pages} == pages
    assert put() == ["trial/summary.parquet", "index.html", "trial/manifest.json"]
    (desk.folder / "trial" / "500000" / "baseline" / "briefing.pdf").write_text("c", encoding="utf-8")
    assert "trial/500000/baseline/briefing.pdf" in put()
    assert not [name for name in there(url) if "/." in name]


def test_kept_states_are_for_folders(tmp_path, notebook, batch_file):
    notebook(tmp_path / "books" / "a.ipynb", "1")
    file = batch_file(tmp_path / "trial.yaml", keep={"runs": 2})
    with pytest.raises(ParameterError, match="keep is for a local folder"):
        batch(file, out="memory://bureau/out", notebooks=tmp_path / "books", quiet=True)
    assert there("memory://bureau/out") == {}


def test_only_what_a_killed_batch_was_putting_there_is_cleared_away():
    from zhibiao.running.store import _LEFT

    assert _LEFT.match("monthly/500000/baseline/.tmp-09_briefing-0123abcd/09_briefing.pdf")
    for theirs in ("other/.tmp-upload/data.bin", "a/b/c/.tmp-mine/x", "a/b/c/d/.tmp-x-0123abcd/y", ".tmp-x-0123abcd/y"):
        assert not _LEFT.match(theirs)


def test_a_url_that_lacks_a_slash_is_no_folder():
    from zhibiao.running.store import opened

    with pytest.raises(ParameterError, match="lacks a slash"), opened("s3:/bucket/x"):
        pass


@pytest.mark.parametrize("url", ["memory://key:se/cret@bucket/x", "memory://u:p@ss@h/x", "memory://blob/x?sig=secret&se=1"])
def test_no_part_of_a_secret_in_a_url_is_shown(url):
    from zhibiao.running.objects import Objects

    shown = Objects(url).shown
    assert shown.startswith("memory://") and not any(word in shown for word in ("key", "cret", "ss@", "sig", "secret"))
