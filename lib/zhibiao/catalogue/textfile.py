"""Text as people really save it: UTF-8 with or without a mark, GBK from older spreadsheets, any line ending."""

from __future__ import annotations

import re
from pathlib import Path

from zhibiao.errors import RegistryError

CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
"""Characters that no text holds; a spreadsheet or a picture that was given as text does."""


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
