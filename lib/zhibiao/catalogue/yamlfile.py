"""YAML read safely, with exact decimals and with the line of every key, so that a message can point at it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from zhibiao.catalogue.explaining import Location, explained, unknown_key, unwritten, written_fields
from zhibiao.catalogue.textfile import read_text, refuse_unseen
from zhibiao.errors import RegistryError

__all__ = ["Document", "Location", "explained", "validated"]

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The C parser is seven times as fast; where PyYAML was built without it the other one says the same."""

TAG = "tag:yaml.org,2002:"
FARTHEST = 30
"""Powers of ten beyond which a number is a slip of the finger."""

ModelT = TypeVar("ModelT", bound=BaseModel)


NESTED = re.compile(r"(?:[\[{]\s*){100}")
"""So many brackets in a row are no registry, and many more bring the C parser down."""


class Document:
    """The content of one YAML file and where each part of it stands.

    Attributes
    ----------
    content : object
        Mappings, lists and scalars; numbers with a point are `Decimal`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lines: dict[Location, int] = {}
        self._built: set[int] = set()
        text, _ = read_text(path)
        if nested := NESTED.search(text):
            line = text.count("\n", 0, nested.start()) + 1
            raise RegistryError("括号嵌套过深 brackets are nested too deeply", where=f"{path}:{line}")
        try:
            node = yaml.compose(text, Loader=Loader)
            self.content: Any = None if node is None else self._build(node, ())
        except yaml.YAMLError as error:
            raise _broken(error, path, text) from None
        except RecursionError:
            raise RegistryError("嵌套过深 is nested too deeply", where=f"{path}:1") from None

    def line(self, location: Location) -> int:
        """Line of a key or item, or of the nearest part around it."""
        for length in range(len(location), -1, -1):
            if location[:length] in self._lines:
                return self._lines[location[:length]]
        return 1

    def where(self, location: Location) -> str:
        return f"{self.path}:{self.line(location)}"

    def _build(self, node: Any, location: Location) -> Any:
        line = node.start_mark.line + 1
        self._lines.setdefault(location, line)
        kind = node.tag.removeprefix(TAG)
        if not isinstance(node, yaml.ScalarNode):
            if kind not in ("map", "seq"):
                raise RegistryError(f"不允许的 YAML 标签 tag {_tag(node)!r} is not allowed", where=f"{self.path}:{line}")
            # an alias may lead into itself or grow without end
            if id(node) in self._built:
                raise RegistryError("不允许用别名重复列表或键值表 an alias (*name) may not repeat a list or a mapping", where=f"{self.path}:{line}")
            self._built.add(id(node))
        if isinstance(node, yaml.MappingNode):
            mapping: dict[str, Any] = {}
            for key_node, value_node in node.value:
                if not isinstance(key_node, yaml.ScalarNode):
                    raise RegistryError("键应为一个词 a key should be a word", where=f"{self.path}:{key_node.start_mark.line + 1}")
                key = str(key_node.value)
                here = (*location, key)
                if key in mapping:
                    raise RegistryError(f"键重复 duplicate key {key!r}", where=f"{self.path}:{key_node.start_mark.line + 1}")
                self._lines[here] = key_node.start_mark.line + 1
                mapping[key] = self._build(value_node, here)
            return mapping
        if isinstance(node, yaml.SequenceNode):
            return [self._build(item, (*location, index)) for index, item in enumerate(node.value)]
        return self._scalar(node)

    def _scalar(self, node: Any) -> Any:
        where = f"{self.path}:{node.start_mark.line + 1}"
        kind = node.tag.removeprefix(TAG)
        match kind:
            case "str":
                refuse_unseen(node.value, lambda _: where)
                return node.value
            case "null":
                return None
            case "bool":
                return node.value.lower() in ("true", "yes", "on")
            case "int" | "float":
                try:
                    number = Decimal(node.value.replace("_", ""))
                except ArithmeticError:
                    number = Decimal("NaN")
                if not number.is_finite() or abs(number.adjusted()) > FARTHEST:
                    raise RegistryError(f"{node.value[:40]!r} 不是可信的有限数 is not a plausible finite decimal number", where=where)
                return int(number) if kind == "int" else number
            case "timestamp":
                try:
                    return dt.date.fromisoformat(node.value)
                except ValueError:
                    raise RegistryError(f"日期 {node.value!r} 无效 is no date", where=where, allowed=["2022-07-22"]) from None
        raise RegistryError(f"不允许的 YAML 标签 tag {_tag(node)!r} is not allowed", where=where)


def validated(model: type[ModelT], document: Document, location: Location, extra: Mapping[str, Any] | None = None) -> ModelT:
    """Validate the part of a document at `location` as `model`; the first fault becomes one message with its line.

    Raises
    ------
    RegistryError
        With file:line, what is allowed, and the nearest key or value.
    """
    part = document.content
    for step in location:
        part = part[step]
    if document.content is None:
        raise RegistryError("文件为空 the file is empty", where=document.where(()), allowed=written_fields(model))
    if not isinstance(part, dict):
        raise RegistryError(f"应为键值表 should be a mapping of {model.__name__}", where=document.where(location), allowed=written_fields(model))

    def where(within: Location) -> str:
        return document.where((*location, *within))

    for key in unwritten(model, part):
        raise unknown_key(model, key, part, where(key))
    try:
        return model.model_validate({**part, **(extra or {})})
    except ValidationError as error:
        raise explained(error, model, where, part) from None


def _broken(error: yaml.YAMLError, path: Path, text: str) -> RegistryError:
    """A bracket or quote that is never closed is reported where it opens: that is the line to mend."""
    mark, opened = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    if mark is None:  # a character that YAML does not allow
        found = yaml.reader.Reader.NON_PRINTABLE.search(text)
        line = text.count("\n", 0, found.start()) + 1 if found else 1
        return RegistryError(f"YAML 中有不允许的字符 a character is not allowed: {found[0] if found else ''!r}", where=f"{path}:{line}")
    problem = " ".join(str(getattr(error, "problem", None) or "").split())
    context = " ".join(str(getattr(error, "context", None) or "").split())
    line = mark.line
    if opened is not None and ("flow" in context or "quoted" in context or "simple key" in context):
        line = opened.line
    if re.search(r"\\t|\t|\btab\b", problem):
        problem += "；缩进请用空格，不用制表符 indent with spaces, not with a tab"
    shown_context = f"{context}: " if context and "scanning for the next token" not in context else ""
    return RegistryError(f"YAML 语法错误 broken YAML: {shown_context}{problem}", where=f"{path}:{line + 1}")


def _tag(node: Any) -> str:
    return str(node.tag).replace(TAG, "!!")
