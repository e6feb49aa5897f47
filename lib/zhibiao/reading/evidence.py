"""The record of where each evidence phrase was found: hash of the document, span, hash of the words; never the words."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from zhibiao.catalogue.textfile import read_text
from zhibiao.errors import RegistryError
from zhibiao.wholefile import write_whole

FILE = "evidence.json"
"""The registry's record, in the registry's folder."""

ROW = "[document sha256, start, end, sha256 of the matched text (first 16 digits)]"


@dataclass(frozen=True)
class Evidence:
    """Where the evidence of one statement stands.

    Attributes
    ----------
    document : str
        SHA-256 of the file's bytes.
    start, end : int
        Characters of the document's raw text (`zhibiao.reading.documents.Document.text`).
    words : str
        First 16 hexadecimal digits of the SHA-256 of the matched text.
    """

    document: str
    start: int
    end: int
    words: str


def words_hash(text: str) -> str:
    """The hash by which matched text is recorded."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


def read_record(folders: Iterable[Path]) -> dict[str, Evidence]:
    """The record of the registry's folders, later ones over earlier ones; a folder without one adds nothing.

    Raises
    ------
    RegistryError
        A record is broken.
    """
    found: dict[str, Evidence] = {}
    for path in (folder / FILE for folder in folders):
        if not path.is_file():
            continue
        mend = "重做 mend with: zhibiao verify --sources DIR --record FILE"
        try:
            rows = json.loads(read_text(path)[0])
        except json.JSONDecodeError as error:
            raise RegistryError(
                f"JSON 语法错误 broken JSON: {error.msg}；{mend}", where=f"{path}:{error.lineno}"
            ) from None
        if not isinstance(rows, dict):
            raise RegistryError(f"应为键值表 should be a mapping；{mend}", where=f"{path}:1", allowed=[ROW])
        for key, row in rows.items():
            match row:
                case [str(document), int(start), int(end), str(words)]:
                    found[key] = Evidence(document, start, end, words)
                case _:
                    raise RegistryError(f"{key}: 记录无效 is no record；{mend}", where=str(path), allowed=[ROW])
    return found


def recorded_document(record: Mapping[str, Evidence], plan: str) -> str | None:
    """The document that was recorded for a plan; None where none was."""
    hashes = Counter(evidence.document for key, evidence in record.items() if key.startswith(f"{plan}/"))
    return max(hashes, key=lambda sha256: (hashes[sha256], sha256), default=None)


def write_record(path: Path, record: Mapping[str, Evidence]) -> None:
    """Write a record, a line a statement, sorted.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    lines = [
        f"{json.dumps(key)}: {json.dumps([e.document, e.start, e.end, e.words])}" for key, e in sorted(record.items())
    ]
    write_whole(path, ("{\n" + ",\n".join(lines) + "\n}\n").encode("utf-8"))
