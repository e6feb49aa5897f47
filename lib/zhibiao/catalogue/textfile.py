"""Text as people really save it: UTF-8 with or without a mark, GBK from older spreadsheets, any line ending."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from zhibiao.errors import RegistryError

CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
"""Characters that no text holds; a spreadsheet or a picture that was given as text does."""


UNSEEN = re.compile("[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""What no name or note of the registry holds: controls, which some outputs cannot, and signs that turn around what follows, digits too.
Marks that turn nothing around (U+200E, U+200F) and zero-width spaces may stand."""


def refuse_unseen(text: str, where: Callable[[int], str]) -> None:
    """Refuse a text that holds such a sign.

    Parameters
    ----------
    where : callable
        Gives the place of a position in the text.

    Raises
    ------
    RegistryError
        With the sign's number and place.
    """
    if found := UNSEEN.search(text):
        raise RegistryError(f"含看不见的控制符 an invisible control character U+{ord(found[0]):04X}；请删去 take it out", where=where(found.start()))


def read_text(path: Path) -> tuple[str, str]:
    """Return the text of a file and the encoding it was in; line endings become ``\\n``.

    UTF-8 (a byte order mark is dropped), UTF-16 with a mark, then GB 18030, which is what Chinese spreadsheets write.

    Raises
    ------
    RegistryError
        The file is missing, not readable, or in none of these encodings.
    """
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise RegistryError("文件不存在 no such file", where=str(path)) from None
    except OSError as error:
        raise RegistryError(f"无法读取 cannot be read: {error.strerror}", where=str(path)) from None
    encodings = ["utf-16"] if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if CONTROL.search(text):
            break
        return text.replace("\r\n", "\n").replace("\r", "\n"), encoding
    raise RegistryError("不是文本文件 is not text", where=str(path), allowed=["UTF-8", "GBK (GB 18030)", "UTF-16"])
