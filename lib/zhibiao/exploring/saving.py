"""A screen as a scenario file that the batch runs, and back.

The file is an ordinary scenario of the overlay: its overrides are those of the screen, so that every command reads them. What else was
on the screen stands under ``saved``, with a hash of all that the figures follow from.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from zhibiao.catalogue.registry import Registry
from zhibiao.errors import ParameterError, closest
from zhibiao.exploring.state import Question, Screen
from zhibiao.holding import alone
from zhibiao.model import Override, Scenario
from zhibiao.model.scenario import Saved
from zhibiao.showing.theme import missing_glyphs
from zhibiao.wholefile import write_whole

FOLDER = "scenarios"
LONGEST = 40
"""Characters of a name: it stands in tables."""

_PLAIN = re.compile(r"[a-z][a-z0-9_\-]*")


def fingerprint(question: Question, scenario: Scenario) -> str:
    """SHA-256, in hexadecimal digits, of what the figures follow from beside the registry.

    It covers region, documents, as_of, horizon, level, seed, trust, and of each override the lever, its statement or value and unit,
    whether it is a change, and its year: as JSON with sorted keys, without spaces, numbers in their shortest form. It does not cover
    names, descriptions and sources, nor which targets are shown.
    """
    content = {
        "region": question.region,
        "plans": sorted(question.plans),
        "as_of": question.as_of,
        "horizon": question.horizon,
        "level": question.level,
        "seed": question.seed,
        "trust": _short(scenario.trust),
        "overrides": sorted((_bare(override) for override in scenario.overrides), key=lambda part: str(part["lever"])),
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def identifier(name: str) -> str:
    """The id of a scenario by its name: the name itself where it is one, else ``case_`` and eight digits of its hash. Never a path.

    >>> identifier("plan-b"), identifier("多招三千人")
    ('plan-b', 'case_aae5ee2d')
    """
    if _PLAIN.fullmatch(name) and len(name) <= LONGEST:
        return name
    return f"case_{hashlib.sha256(name.encode('utf-8')).hexdigest()[:8]}"


def plain_name(written: str, where: str = "名称 name") -> str:
    """A name as it was typed, without what does not print and with single spaces; one that a report could not bear is refused.

    Parameters
    ----------
    where : str
        Where the message says that it was typed.

    Raises
    ------
    ParameterError
        Nothing is left of it, it is too long, or a report could not print it.

    >>> plain_name(" 多招\\t三千人 ")
    '多招 三千人'
    """
    called = " ".join("".join(sign if sign.isprintable() else " " for sign in written).split())
    if not called:
        raise ParameterError("请先给情景起个名字 give the scenario a name", where=where)
    if len(called) > LONGEST:
        raise ParameterError(f"名称过长 the name is too long ({len(called)})", where=where, allowed=[f"≤ {LONGEST} 字 characters"])
    if lost := missing_glyphs(called):
        raise ParameterError(f"名称里有报告的字体写不出的字符 the font of the reports has no glyph for: {lost!r}", where=where)
    return called


def scenario_from(screen: Screen, name: str, description: tuple[str, str], compared: str | None = None) -> Scenario:
    """The screen as a scenario.

    Parameters
    ----------
    name : str
        As it was typed; it may be Chinese.
    description : (zh, en)
        What the levers do.
    compared : str, optional
        Id of the named scenario that is pinned.

    Raises
    ------
    ParameterError
        There is no name, it is too long, or a report could not print it.
    """
    called = plain_name(name)
    bare = Scenario(
        id=identifier(called), zh=called, en=called, description=description[0], description_en=description[1],
        regions=(screen.question.region,), overrides=screen.overrides, trust=screen.trust,
    )  # fmt: skip
    q = screen.question
    saved = Saved(
        region=q.region, plans=q.plans, as_of=q.as_of, horizon=q.horizon, level=q.level, seed=q.seed,
        off=tuple(sorted(screen.off)), compared=compared, hash=fingerprint(q, bare),
    )  # fmt: skip
    return bare.model_copy(update={"saved": saved})


def save(folder: Path, registry: Registry, scenario: Scenario, *, replace: bool = False) -> Path:
    """Write a scenario into the overlay and return its file.

    Parameters
    ----------
    folder : Path
        The overlay; made where it does not exist.
    registry : Registry
        As the overlay was read last: no scenario of another file may bear the name.
    replace : bool
        A scenario of the overlay with this name may be replaced.

    Raises
    ------
    ParameterError
        The name is taken.
    OutputError
        The file cannot be written, or somebody else is writing.
    """
    path = folder / FOLDER / f"{scenario.id}.yaml"
    other = next((s for s in registry.scenarios.values() if s.id != scenario.id and scenario.zh in (s.zh, s.en, s.id)), None)
    if other is not None or (scenario.id in registry.scenarios and not path.exists()):
        taken = other or registry.scenarios[scenario.id]
        raise ParameterError(f"名称“{scenario.zh}”已被情景“{taken.zh}”（{taken.id}）占用，请换一个 the name is taken by another scenario", where="名称 name")
    with alone(folder):
        if path.exists() and not replace:
            raise ParameterError(f"已有名为“{scenario.zh}”的情景；要替换它，请勾选“覆盖同名” it exists already; tick “replace” to replace it", where="名称 name")
        return write_whole(path, text(scenario).encode("utf-8"))


def text(scenario: Scenario) -> str:
    """A scenario as its file holds it."""
    lines = [
        "# yaml-language-server: $schema=../schema/scenario.json",
        *(f"{key}: {_quoted(getattr(scenario, key))}" for key in ("id", "zh", "en", "description", "description_en")),
        f"regions: [{', '.join(_quoted(code) for code in scenario.regions)}]",
    ]
    if scenario.trust is not None:
        lines.append(f"trust: {_short(scenario.trust)}")
    if scenario.overrides:
        lines.append("overrides:")
        lines.extend(f"  - {{{', '.join(f'{key}: {value}' for key, value in _written(override).items())}}}" for override in scenario.overrides)
    if scenario.saved is not None:
        saved = scenario.saved
        lines.append("saved:")
        lines.append("  # 试算页保存时的问题；hash 涵盖地区、文件、截至年、推算年、区间水平、随机种子与各杠杆 what was asked when it was saved; the hash covers it and the levers")
        lines.append(f"  region: {_quoted(saved.region)}")
        lines.append(f"  plans: [{', '.join(_quoted(plan) for plan in saved.plans)}]")
        lines.extend(f"  {key}: {getattr(saved, key)}" for key in ("as_of", "horizon", "level", "seed"))
        lines.append(f"  off: [{', '.join(_quoted(key) for key in saved.off)}]")
        lines.extend([f"  compared: {_quoted(saved.compared)}"] if saved.compared else [])
        lines.append(f"  hash: {_quoted(saved.hash)}")
    return "\n".join(lines) + "\n"


def screen_of(registry: Registry, scenario: Scenario, question: Question) -> Screen:
    """The screen that a saved scenario opens; one that was not saved from a screen keeps the question.

    Raises
    ------
    ParameterError
        A document that it was saved with is no longer in the registry.
    """
    saved = scenario.saved
    if saved is None or saved.region != question.region:
        return Screen(question).take(scenario)
    for plan in saved.plans:
        if plan not in registry.plans:
            raise ParameterError(
                f"情景“{scenario.zh}”所依据的文件 {plan!r} 不在登记库中 a document it was saved with is not in the registry",
                where="plans", allowed=registry.plans, nearest=closest(plan, registry.plans),
            )  # fmt: skip
    asked = Question(saved.region, saved.plans, saved.as_of, saved.horizon, saved.level, saved.seed)
    return Screen(asked, off=frozenset(saved.off)).take(scenario)


def untouched(scenario: Scenario) -> bool:
    """Whether a saved scenario is as it was saved; False where its levers or its question were changed by hand since."""
    saved = scenario.saved
    if saved is None:
        return True
    return saved.hash == fingerprint(Question(saved.region, saved.plans, saved.as_of, saved.horizon, saved.level, saved.seed), scenario)


def parameters(scenario: Scenario) -> Mapping[str, object]:
    """The parameters with which a notebook answers a saved scenario's question."""
    saved = scenario.saved
    if saved is None:
        return {"scenario": scenario.id}
    return {
        "region": saved.region, "plan": ",".join(saved.plans) or "all", "as_of": saved.as_of, "horizon": saved.horizon,
        "scenario": scenario.id, "level": saved.level, "seed": saved.seed,
    }  # fmt: skip


def _bare(override: Override) -> dict[str, object]:
    """What of an override the figures follow from."""
    return {
        "lever": override.lever, "statement": override.statement, "value": _short(override.value), "unit": override.unit,
        "change": override.change, "year": override.year, "after": override.after,
    }  # fmt: skip


def _written(override: Override) -> dict[str, Any]:
    """Keys and values as the file writes them; what is not given is left out."""
    parts: dict[str, Any] = {"lever": override.lever}
    if override.statement is not None:
        parts["statement"] = _quoted(override.statement)
    if override.value is not None:
        parts |= {"value": _short(override.value), "unit": _quoted(str(override.unit))}
    if override.change:
        parts["change"] = "true"
    parts |= {key: value for key in ("year", "after") if (value := getattr(override, key)) is not None}
    if override.source is not None:
        parts["source"] = _quoted(override.source)
    if override.source_en is not None:
        parts["source_en"] = _quoted(override.source_en)
    return parts


def _short(value: Decimal | None) -> str | None:
    """A number without what does not change it.

    >>> _short(Decimal("3.50")), _short(Decimal("2E+1"))
    ('3.5', '20')
    """
    return None if value is None else format(value.normalize(), "f")


def _quoted(words: str) -> str:
    """Text that YAML can only read as this text."""
    shown = json.dumps(words, ensure_ascii=False)
    return "".join(sign if sign.isprintable() else f"\\U{ord(sign):08x}" for sign in shown)
