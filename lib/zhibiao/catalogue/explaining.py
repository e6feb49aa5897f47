"""Turning what pydantic found into one message: where it stands, what is wrong, what is allowed, what is nearest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from zhibiao.errors import RegistryError, closest
from zhibiao.model.record import Fault, shown

Location = tuple[str | int, ...]

PATTERNS = {
    r"^\d{6}$": "应为六位地区代码 should be a six-digit code of a region",
    r"^[a-z0-9][a-z0-9_\-]*$": "只用小写字母、数字、- 和 _ should be lower case letters, digits, - and _",
}
TYPES = {
    "string_type": "应为文字，像数字的文字须加引号 should be text; put quotes around text that looks like a number",
    "string_too_short": "不能为空 must not be empty",
    "string_too_long": "过长 is too long",
    "bool_type": "应为 true 或 false should be true or false",
    "bool_parsing": "应为 true 或 false should be true or false",
    "int_type": "应为整数 should be a whole number",
    "int_parsing": "应为整数 should be a whole number",
    "int_from_float": "应为整数 should be a whole number",
    "tuple_type": "应为列表 should be a list, [a, b]",
    "list_type": "应为列表 should be a list, [a, b]",
    "model_type": "应为键值表 should be a mapping, {key: value}",
    "dict_type": "应为键值表 should be a mapping, {key: value}",
}
"""What pydantic says in English only, by its code."""


def explained(error: ValidationError, model: type[BaseModel], where: Callable[[Location], str], part: Any) -> RegistryError:
    """Turn pydantic's faults into one message about the first; an unknown key speaks first, for it explains a missing one.

    Parameters
    ----------
    model : type of BaseModel
        What `part` should have been.
    where : callable
        Gives ``file:line`` of a location within `part`.
    """
    faults = error.errors(include_url=False)
    fault = next((f for f in faults if f["type"] == "extra_forbidden"), faults[0])
    location: Location = tuple(step for step in fault["loc"] if isinstance(step, int) or not step.startswith(("function-", "literal")))
    kind, context, given = fault["type"], fault.get("ctx", {}), fault["input"]
    cause = context.get("error")
    if isinstance(cause, Fault):
        location = (*location, *cause.at)
    name, place = _name(part, location, model), where(location)
    if kind == "extra_forbidden":
        return unknown_key(model, location, part, place)
    if kind == "missing":
        return RegistryError(f"{name}: 缺少这一项 is missing", where=place)
    if kind == "literal_error":
        allowed = [word.strip(" '") for word in str(context.get("expected", "")).replace(" or ", ",").split(",") if word.strip()]
        return RegistryError(f"{name}: 值无效 unknown value {shown(given)}", where=place, allowed=allowed, nearest=closest(given, allowed))
    if isinstance(cause, Fault):
        return RegistryError(f"{name}: {cause.what}", where=place, allowed=cause.allowed, nearest=cause.nearest)
    if cause is not None:
        return RegistryError(f"{name}: {cause}", where=place)
    if kind == "string_pattern_mismatch":
        message = PATTERNS.get(context.get("pattern", ""), fault["msg"])
    elif kind in ("greater_than_equal", "less_than_equal"):
        message = f"超出范围 is out of range: {fault['msg'].lower()}"
    else:
        message = TYPES.get(kind, fault["msg"])
    said = "" if isinstance(given, dict | list) else f"{shown(given)} "
    return RegistryError(f"{name}: {said}{message}", where=place)


def unknown_key(model: type[BaseModel], location: Location, part: Any, place: str) -> RegistryError:
    """The message for a key that the record at `location` does not know."""
    owner, known = _model_at(model, location[:-1]), []
    for name in written_fields(owner or model):
        known += ["value"] if name == "low" else [] if name == "high" else [name]
    key = str(location[-1])
    return RegistryError(f"{_name(part, location, model)}: 未知的键 unknown key {key!r}", where=place, allowed=known, nearest=closest(key, known))


def written_fields(model: type[BaseModel]) -> list[str]:
    """The fields that a file may give; the others are filled in while reading."""
    return [name for name, field in model.model_fields.items() if not field.exclude]


def unwritten(model: type[BaseModel], part: Any, location: Location = ()) -> Iterator[Location]:
    """Where `part` gives fields that only reading fills in."""
    if isinstance(part, dict):
        for name, field in model.model_fields.items():
            if name in part and field.exclude:
                yield (*location, name)
            for nested in records(field.annotation) if name in part else ():
                items = enumerate(part[name]) if isinstance(part[name], list) else ()
                for index, item in items:
                    yield from unwritten(nested, item, (*location, name, index))


def _model_at(model: type[BaseModel], location: Location) -> type[BaseModel] | None:
    """The record model at a location."""
    found: type[BaseModel] | None = model
    for step in location:
        if isinstance(step, int) or found is None:
            continue
        field = found.model_fields.get(step)
        found = next(iter(records(field.annotation)), None) if field else None
    return found


def records(annotation: Any) -> Iterator[type[BaseModel]]:
    """The record models in a type such as ``tuple[Statement, ...]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) in (tuple, list, Union, UnionType):
        for argument in get_args(annotation):
            yield from records(argument)


def _name(part: Any, location: Location, model: type[BaseModel]) -> str:
    """A location in a planner's words: an item of a list goes by its id where it has one."""
    words = [str(part["id"])] if isinstance(part, dict) and isinstance(part.get("id"), str) else []
    for step in location:
        try:
            part = part[step]
        except (KeyError, IndexError, TypeError):
            part = None
        item = part.get("id") if isinstance(step, int) and isinstance(part, dict) else None
        if isinstance(item, str):
            words = [item]
        elif not (isinstance(step, str) and isinstance(part, list) and part and isinstance(part[0], dict)):
            words.append(str(step + 1) if isinstance(step, int) else step)
    return " · ".join(words) or model.__name__
