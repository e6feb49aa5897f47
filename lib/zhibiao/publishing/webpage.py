"""Pages that open from the file system: one file, no network, data embedded once, a small script that finds and pages."""

from __future__ import annotations

import importlib.resources
import json
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

import jinja2
from markupsafe import Markup

from zhibiao.errors import OutputError
from zhibiao.showing.words import VERDICTS

TONES = {
    "met": "good", "holding": "good", "on_schedule": "good", "level": "watch", "behind": "bad", "missed": "bad", "not_reported": "none",
    "unknown": "none",
}  # fmt: skip
"""How a verdict is coloured; its word always stands beside the colour. What cannot be judged is hatched, never green."""


def page(template: str, **words: Any) -> bytes:
    """Return a page: `template` names a file of this package, `words` is what it is filled with.

    Everything is escaped; `data` is embedded as JSON in which no character can end the script element.
    """
    folder = importlib.resources.files(__package__)
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda name: folder.joinpath(name).read_text(encoding="utf-8")),
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters |= {"link": relative_link, "embedded": embedded}
    verdicts = {code: [zh, en, TONES[code]] for code, (zh, en) in VERDICTS.items()}
    return environment.get_template(template).render(verdicts=verdicts, **words).encode("utf-8")


def embedded(data: object) -> Markup:
    r"""Return data as JSON that may stand inside a script element.

    >>> str(embedded({"a": "</script><!--"}))
    '{"a":"\\u003c/script\\u003e\\u003c!--"}'
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


def relative_link(path: str) -> str:
    """Return a path relative to the page as a link.

    Raises
    ------
    OutputError
        The path leaves the page's folder.

    >>> relative_link("monthly/500000/基准/briefing.pdf")
    'monthly/500000/%E5%9F%BA%E5%87%86/briefing.pdf'
    """
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts:
        raise OutputError("文件不在 outputs 之内 the file is not inside outputs", where=path)
    return "/".join(quote(part, safe="") for part in parts)
