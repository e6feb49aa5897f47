"""pandoc, which came with the package: it reads the prepared notebook and sees no file but the ones laid before it."""

from __future__ import annotations

import importlib.resources
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

from nbformat import NotebookNode

from zhibiao.errors import OutputError, ToolMissing

SECONDS = 120


def converted(shown: NotebookNode, folder: Path, to: str, *options: str, epoch: int = 0) -> bytes:
    """Convert a notebook as `zhibiao.publishing.pdf.readable` prepares it.

    Parameters
    ----------
    folder : Path
        pandoc's working folder; its rules are laid there.
    to : str
        pandoc's name of the format; ``shared.lua`` and the rules of that name are applied.
    options : str
        Beside those that every format has.
    epoch : int
        Seconds since 1970 that files of the document are dated with.

    Raises
    ------
    OutputError
        pandoc refuses or takes too long.
    ToolMissing
        pandoc is not installed.
    """
    rules = importlib.resources.files(__package__)
    own = {"typst": "typst.lua", "docx": "word.lua"}[to]
    (folder / "filter.lua").write_text("".join(rules.joinpath(name).read_text(encoding="utf-8") + "\n" for name in ("shared.lua", own)), encoding="utf-8")
    command = [
        str(program()),
        "--from=ipynb+footnotes-citations-raw_attribute",
        f"--to={to}",
        "--ipynb-output=all",
        "--wrap=none",
        "--lua-filter=filter.lua",
        "--sandbox",
        "--quiet",  # its warnings are about Markdown such as a footnote nobody refers to
        *options,
    ]
    try:
        done = subprocess.run(
            command,
            input=json.dumps(shown, ensure_ascii=False).encode("utf-8"),
            capture_output=True,
            cwd=folder,
            timeout=SECONDS,
            check=False,
            # without a language of UTF-8, as under cron, it would not understand its own command
            env={**os.environ, "SOURCE_DATE_EPOCH": str(epoch), "LC_ALL": "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"},
        )
    except OSError as error:
        raise ToolMissing(f"pandoc 无法运行 pandoc does not run: {error}") from error
    except subprocess.TimeoutExpired as error:
        raise OutputError(f"pandoc 超过 {SECONDS} 秒 pandoc took longer than {SECONDS} s") from error
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip()
        raise OutputError(f"pandoc: {said or f'exit {done.returncode}'}")
    return done.stdout


def program() -> Path:
    """The pandoc that came with the package: another version on PATH would give other pages."""
    spec = importlib.util.find_spec("pypandoc")
    name = "pandoc.exe" if sys.platform == "win32" else "pandoc"
    path = Path(spec.origin).parent / "files" / name if spec is not None and spec.origin is not None else None
    if path is None or not path.is_file():
        raise ToolMissing("缺少 pandoc pandoc is not installed: pip install pypandoc-binary")
    return path
