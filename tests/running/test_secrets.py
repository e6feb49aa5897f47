"""What is published tells nothing of the machine: a token, a home, a user and folders are planted, every artefact is searched."""

import os
import re
import socket
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pypdfium2
import pytest

from zhibiao.running.job import ROOT

TOKEN, WORD, USER, HOST = "planted-token-7f3a91c2", "planted-word-55d0", "zhaoqianplanted", "host-planted-91"
CARELESS = """
import getpass, os, pathlib, sys, tempfile
print(dict(os.environ))
print(os.getcwd(), pathlib.Path.home(), tempfile.gettempdir(), sys.executable, sys.path)
{"home": str(pathlib.Path.home()), "here": os.getcwd()}
"""
FAILS = """
import os, pathlib, sys
print(os.environ.get("BUREAU_API_TOKEN"), file=sys.stderr)
print(sys.argv)
(pathlib.Path.home() / "private" / "notes.txt").read_text()
"""
RUNNER = """
import sys
from pathlib import Path
from zhibiao.running.batch import batch
file, out, books = map(Path, sys.argv[1:])
sys.exit(batch(file, out=out, notebooks=books).exit_code)
"""


@pytest.fixture(scope="module")
def published(tmp_path_factory, notebook) -> tuple[Path, Path, subprocess.CompletedProcess[str]]:
    """The outputs of a briefing, a careless notebook and one that fails, run at home by a user whose environment holds a token."""
    home = tmp_path_factory.mktemp("secrets") / USER
    books, out = home / "books", home / "outputs"
    books.mkdir(parents=True)
    (books / "09_briefing.ipynb").write_bytes((ROOT / "notebooks" / "09_briefing.ipynb").read_bytes())
    notebook(books / "careless.ipynb", CARELESS)
    notebook(books / "fails.ipynb", FAILS)
    file = home / "planted.yaml"
    file.write_text("name: planted\nnotebooks: all\nregions: [重庆]\njobs: 2\n", encoding="utf-8")
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")  # a list of fonts takes seconds to make
    planted = {
        "HOME": str(home), "USERPROFILE": str(home), "USER": USER, "LOGNAME": USER, "USERNAME": USER, "XDG_CACHE_HOME": cache,
        "BUREAU_API_TOKEN": TOKEN, "DB_PASSWORD": WORD, "HTTPS_PROXY": f"http://me:{WORD}@proxy:8080", "PWD": str(home), "HOSTNAME": HOST,
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", RUNNER, file, out, books], cwd=home, env={**os.environ, "ZHIBIAO_DATA": "", **planted},
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    return home, out, done


def texts(path: Path) -> Iterator[tuple[str, bytes]]:
    """Everything that can be read in a file: as it is, unpacked, decompressed, as text, by column."""
    content = path.read_bytes()
    yield path.name, content
    if path.suffix in (".docx", ".xlsx"):
        with zipfile.ZipFile(path) as archive:
            yield from ((f"{path.name}/{name}", archive.read(name)) for name in archive.namelist())
    elif path.suffix == ".pdf":
        with pypdfium2.PdfDocument(content) as document:
            yield f"{path.name} text", "".join(page.get_textpage().get_text_range() for page in document).encode()
            yield f"{path.name} metadata", str(document.get_metadata_dict()).encode()
        for number, stream in enumerate(re.findall(rb"stream\r?\n(.*?)endstream", content, re.DOTALL)):
            unpacked = zlib.decompressobj()
            try:
                yield f"{path.name} stream {number}", unpacked.decompress(stream)
            except zlib.error:
                continue  # not compressed: it was searched as it is
    elif path.suffix == ".parquet":
        yield f"{path.name} rows", str(duckdb.read_parquet(str(path)).fetchall()).encode()


def test_every_kind_of_artefact_is_there_to_be_searched(published):
    _, out, done = published
    assert done.returncode == 4, done.stderr
    folder = out / "planted" / "500000" / "baseline"
    assert {path.name for path in folder.iterdir()} == {"09_briefing", "careless", "fails.failed", "briefing.pdf", "briefing.docx"}
    kinds = {path.suffix for path in out.rglob("*") if path.is_file()}
    assert kinds >= {".ipynb", ".pdf", ".docx", ".xlsx", ".svg", ".png", ".csv", ".json", ".html", ".parquet", ".txt"}


def test_no_artefact_holds_a_token_a_folder_or_the_user(published):
    home, out, _ = published
    hosts = [HOST, *(name for name in [socket.gethostname()] if len(name) > 7)]  # a short one is part of many words
    forbidden = [TOKEN, WORD, USER, *hosts, str(home), str(ROOT), sys.prefix, tempfile.gettempdir() + "/"]
    found, searched = [], 0
    for path in sorted(out.rglob("*")):
        if path.is_file():
            for name, content in texts(path):
                searched += 1
                found += [(name, word) for word in forbidden if word.encode() in content]
    assert searched > 60
    assert found == []


def test_what_is_hidden_is_seen_to_be_hidden(published):
    _, out, _ = published
    kept = (out / "planted" / "500000" / "baseline" / "careless" / "careless.ipynb").read_text("utf-8")
    assert "{'home': '…'" in kept
    said = (out / "planted" / "500000" / "baseline" / "fails.failed" / "error.txt").read_text("utf-8")
    assert "单元格 cell 3，第 5 行 line 5: FileNotFoundError: " in said
    assert "'…/private/notes.txt'" in said
