"""YAML read safely, with exact decimals and with the line of every key, so that a message can point at it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from zhibiao.catalogue.textfile import read_text
from zhibiao.errors import RegistryError, closest

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The C parser is seven times as fast; where PyYAML was built without it the other one says the same."""

Location = tuple[str | int, ...]
ModelT = TypeVar("ModelT", bound=BaseModel)


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
        text, _ = read_text(path)
        try:
            node = yaml.compose(text, Loader=Loader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = mark.line + 1 if mark else 1
            raise RegistryError(f"YAML 语法错误 broken YAML: {_problem(error)}", where=f"{path}:{line}") from None
        self.content: Any = None if node is None else self._build(node, ())

    def line(self, location: Location) -> int:
        """Line of a key or item, or of the nearest part around it."""
        for length in range(len(location), -1, -1):
            if location[:length] in self._lines:
                return self._lines[location[:length]]
        return 1

    def where(self, location: Location) -> str:
        return f"{self.path}:{self.line(location)}"

    def _build(self, node: Any, location: Location) -> Any:
        self._lines.setdefault(location, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            mapping: dict[str, Any] = {}
            for key_node, value_node in node.value:
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
        kind = node.tag.rpartition(":")[2]
        match kind:
            case "str":
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
                if not number.is_finite():
                    raise RegistryError(f"{node.value!r} 不是有限数 is not a finite decimal number", where=where)
                return int(number) if kind == "int" else number
            case "timestamp":
                try:
                    return dt.date.fromisoformat(node.value)
                except ValueError:
                    raise RegistryError(f"日期 {node.value!r} 无效 is no date", where=where, allowed=["2022-07-22"]) from None
        raise RegistryError(f"不允许的 YAML 标签 tag {node.tag!r} is not allowed", where=where)


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
    if not isinstance(part, dict):
        raise RegistryError(f"应为键值表 should be a mapping of {model.__name__}", where=document.where(location))
    try:
        return model.model_validate({**part, **(extra or {})})
    except ValidationError as error:
        raise explained(error, model, lambda loc: document.where((*location, *loc)), part) from None


def explained(error: ValidationError, model: type[BaseModel], where: Any, part: Mapping[str, Any]) -> RegistryError:
    """Turn pydantic's first fault into one clear message."""
    fault = error.errors(include_url=False)[0]
    location = tuple(step for step in fault["loc"] if isinstance(step, int) or not str(step).startswith(("function-", "literal")))
    name = ".".join(str(step) for step in location) or str(part.get("id", model.__name__))
    kind, context = fault["type"], fault.get("ctx", {})
    if kind == "extra_forbidden":
        known = list(model.model_fields)
        return RegistryError(f"未知的键 unknown key {name!r}", where=where(location), allowed=known, nearest=closest(location[-1], known))
    if kind == "missing":
        return RegistryError(f"缺少 {name!r} is missing", where=where(location))
    if kind == "literal_error":
        allowed = [word.strip(" '") for word in str(context.get("expected", "")).replace(" or ", ",").split(",") if word.strip()]
        given = fault["input"]
        return RegistryError(f"{name} 的值无效 unknown value {given!r}", where=where(location), allowed=allowed, nearest=closest(given, allowed))
    message = str(context["error"]) if "error" in context else fault["msg"]
    given = fault["input"]
    shown = "" if isinstance(given, dict) or isinstance(context.get("error"), Exception) else f"（{given!r}）"
    return RegistryError(f"{name}{shown}: {message}", where=where(location))


def _problem(error: yaml.YAMLError) -> str:
    return " ".join(str(getattr(error, "problem", None) or error).split())
