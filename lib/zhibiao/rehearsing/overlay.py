"""A made-up registry as an overlay: the layout of ``indicators/``, every document, source and name in it marked synthetic."""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path

from zhibiao.catalogue.load import OBSERVATION_COLUMNS, REGION_COLUMNS, load
from zhibiao.errors import OutputError
from zhibiao.model.region import SYNTHETIC_EN, SYNTHETIC_ZH, Region
from zhibiao.rehearsing.figures import BASE, HORIZON, UNITS, County, county
from zhibiao.rehearsing.places import Places, places

MARK, MARK_EN = SYNTHETIC_ZH, SYNTHETIC_EN
RECORDED = "2024-06-30"
SOURCE, OTHER = "simulated", "simulated-other"
BRIEFINGS = 300
"""Regions of the smaller batch."""

_README = f"""# {MARK} {MARK_EN}

由 `zhibiao simulate-regions` 生成，不含任何真实地区的数字；地区代码以 9 开头，GB/T 2260 没有这样的代码。
Made by `zhibiao simulate-regions`: no figure in it is of a real region. Codes begin with 9, which no code of GB/T 2260 does.

    zhibiao batch notebooks/batches/rehearsal.yaml --data .
"""


def write_overlay(folder: Path, counties: int, seed: int) -> Places:
    """Write the registry and its batch files; the same numbers give the same bytes.

    Parameters
    ----------
    folder : Path
        Must be absent or empty: what a user keeps in a folder is never mixed with made-up figures.
    counties, seed : int
        How many, and which draw.

    Raises
    ------
    ParameterError
        Too few or too many counties.
    OutputError
        The folder is not empty, or cannot be written; nothing of it is left then.
    """
    made = places(counties)
    folder = folder.resolve()
    draft = folder.with_name(f".tmp-{folder.name}-{uuid.uuid4().hex[:8]}")
    try:
        if folder.is_dir() and any(folder.iterdir()):
            raise OutputError("目录非空 the folder is not empty; give another --out", where=str(folder))
        draft.mkdir(parents=True)
        _fill(draft, made, seed)
        if folder.is_dir():
            folder.rmdir()
        draft.rename(folder)
    except OSError as error:
        raise OutputError(f"无法写入 cannot be written: {error.strerror}", where=str(folder)) from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return made


def _fill(folder: Path, made: Places, seed: int) -> None:
    for sub in ("plans", "observations", "notebooks/batches"):
        (folder / sub).mkdir(parents=True)
    _write(folder / "README.md", _README.splitlines())
    _write(folder / "regions.csv", [",".join(REGION_COLUMNS), *(_region(region) for region in made.regions)])
    _write(folder / "sources.yaml", _sources())
    for region in made.counties:
        drawn = county(region.code, seed)
        _write(folder / "plans" / f"simulated-{region.code}.yaml", _plan(region, drawn))
        if drawn.figures:
            _write(folder / "observations" / f"simulated-{region.code}.csv", _observations(region, drawn))
    codes = [region.code for region in made.counties]
    scenarios = [scenario.id for scenario in load("").scenarios.values() if not scenario.regions]
    step = max(1, len(codes) // BRIEFINGS)
    _write(folder / "notebooks/batches/nationwide.yaml", _batch("nationwide", codes, scenarios))
    _write(folder / "notebooks/batches/rehearsal.yaml", _batch("rehearsal", codes[::step][:BRIEFINGS], ["baseline"]))


def _write(path: Path, lines: Sequence[str]) -> None:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def _region(region: Region) -> str:
    return ",".join((region.code, region.zh, region.en, region.parent or "", region.level))


def _sources() -> list[str]:
    lines = [f"# {MARK} {MARK_EN}"]
    for name, zh in ((SOURCE, ""), (OTHER, "（另一来源）")):
        title = f"{MARK}{zh} {MARK_EN}"
        lines.append(_flow(id=name, publisher="指标 zhibiao 模拟 simulated", title=title, year=2024, terms=f"{MARK} {MARK_EN}"))
    return lines


def _observations(region: Region, drawn: County) -> list[str]:
    lines = [f"# {MARK} {MARK_EN}", ",".join(OBSERVATION_COLUMNS)]
    for figure in drawn.figures:
        source = OTHER if figure.other else SOURCE
        cells = (
            region.code, figure.indicator, str(figure.year), figure.basis, f"{figure.value:g}" if figure.value < 1e5 else f"{figure.value:.0f}", "eq",
            figure.unit, "final", "high", source, "", RECORDED, MARK,
        )  # fmt: skip
        lines.append(",".join(cells))
    return lines


def _plan(region: Region, drawn: County) -> list[str]:
    head = [
        f"# {MARK} {MARK_EN}",
        f"id: simulated-{region.code}",
        f"title: {region.zh}技工教育“十四五”规划（{MARK}）",
        f"title_en: {region.en} plan 2021–2025 ({MARK_EN})",
        f"short: 模拟{region.code}",
        f"number: 模拟〔2021〕{region.code}号",
        "issuer: [模拟机关 simulated authority]",
        f'region: "{region.code}"',
        f"period: 2021-{HORIZON}",
        "issued: 2021-12-31",
        f"headline: [{', '.join(f'{name}-2025' for name in drawn.aims)}]",
        "statements:",
    ]
    return [*head, *(f"  {line}" for line in _statements(drawn))]


def _statements(drawn: County) -> Iterator[str]:
    for number, (name, aim) in enumerate(drawn.aims.items(), start=1):
        unit = UNITS[name][1]
        cumulative = name in ("high_skill_trained", "social_training")
        where = {"locator": f"专栏1·{number}"}
        if not cumulative:
            yield _flow(
                id=f"{name}-{BASE}", kind="baseline", indicator=name, value=_number(drawn.start[name]), comparator="eq", unit=unit, scope="point",
                period=BASE, **where, evidence=f"模拟 {name[:16]}",
            )  # fmt: skip
        yield _flow(
            id=f"{name}-{HORIZON}", kind="target", indicator=name, value=_number(aim), comparator="ge" if unit == "%" else "gt", unit=unit,
            scope="cumulative" if cumulative else "point", period="2021-2025" if cumulative else HORIZON,
            **({} if cumulative else {"baseline": f"{name}-{BASE}"}), **where, evidence=f"模拟 {name[:16]}",
        )  # fmt: skip


def _number(value: float) -> int | float:
    return int(value) if value == int(value) else value


def _flow(**parts: object) -> str:
    """One record on one line: JSON is YAML."""
    return "- {" + ", ".join(f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in parts.items()) + "}"


def _batch(name: str, codes: Sequence[str], scenarios: Sequence[str]) -> list[str]:
    return [
        f"# {MARK} {MARK_EN}",
        f"name: {name}",
        "notebooks: [09_briefing]",
        "regions:",
        *(f'  - "{code}"' for code in codes),
        f"scenarios: [{', '.join(scenarios)}]",
        "parameters: {lang: zh, plan: all, level: 80}",
        "limits: {cell: 120, run: 600}",
        "jobs: 2",
    ]
