"""Solutions and verdicts as records for csv and json: codes, base units, nothing rounded."""

from __future__ import annotations

from collections.abc import Mapping

from zhibiao.catalogue.study import Study
from zhibiao.model import LEVERS, LeverId
from zhibiao.simulating.feasibility import Feasibility
from zhibiao.simulating.ranges import FLOWING
from zhibiao.simulating.relaxing import Relaxing
from zhibiao.simulating.solutions import Answer, Step

SOLVE_COLUMNS = (
    "solution", "kind", "lever", "lever_zh", "from", "to", "unit", "year", "share", "cost", "solution_cost", "chance", "holds_in_the_middle", "targets",
)  # fmt: skip
FEASIBLE_COLUMNS = (
    "target", "clause", "indicator", "bound", "unit", "assessable", "reason", "hold_as_planned", "hold_with_more_intake", "hold_with_all_levers", "margin", "chance",
    "binding", "widest", *(f"slack_{lever}" for lever in FLOWING), "contradiction", "relaxed_to", "relaxed_change", "cheapest",
)  # fmt: skip


def solve_records(answer: Answer) -> list[dict[str, object]]:
    """One record a solution and lever; a solution without any move has one record without a lever."""
    targets = "; ".join(d.key for d in answer.demands)
    found: list[dict[str, object]] = []
    for number, solution in enumerate(answer.solutions, start=1):
        kind = "none" if not solution.steps else "even" if solution.even else "+".join(step.lever for step in solution.steps)
        common = {
            "solution": number, "kind": kind, "solution_cost": round(solution.cost, 9), "chance": solution.chance, "holds_in_the_middle": solution.centre,
            "targets": targets,
        }  # fmt: skip
        found += [common | _step(step) for step in solution.steps] or [common]
    return found


def _step(step: Step) -> dict[str, object]:
    lever = LEVERS[step.lever]
    return {
        "lever": step.lever, "lever_zh": lever.zh, "from": None if step.start is None else round(step.start, 6), "to": float(step.aim.value), "unit": lever.base,
        "year": step.aim.year, "share": None if step.share is None else round(step.share, 9), "cost": round(step.cost, 9),
    }  # fmt: skip


def feasible_records(study: Study, found: Feasibility, asked: Relaxing) -> list[dict[str, object]]:
    """One record a target; ``hold_…`` say the same of all together in every row."""
    verdicts = {verdict.freedom: verdict for verdict in asked.verdicts}
    planned = verdicts.get("planned")
    hold: Mapping[str, object] = {
        "hold_as_planned": None if found.lacking or planned is None else planned.hold and found.hold is not False,
        "hold_with_more_intake": None if found.lacking or planned is None else verdicts["intake"].hold,
        "hold_with_all_levers": None if found.lacking or planned is None else verdicts["all"].hold,
    }
    slacks: dict[tuple[str, LeverId], float | None] = {(s.key, s.lever): s.amount for s in found.slacks}
    rows: list[dict[str, object]] = []
    for demand in asked.demands:
        key = demand.key
        relaxed = (planned.alone or {}).get(key) if planned is not None else None
        rows.append(
            {
                "target": key, "clause": demand.clause(study), "indicator": demand.indicator.id, "bound": demand.bound, "unit": demand.indicator.unit, "assessable": True,
                **hold, "margin": _rounded((found.margins or {}).get(key)), "chance": (found.chances or {}).get(key), "binding": key == found.binding,
                "widest": key == found.widest, **{f"slack_{lever}": _rounded(slacks.get((key, lever))) for lever in FLOWING},
                "contradiction": planned is not None and any(key in subset for subset in planned.contradictions),
                "relaxed_to": None if relaxed is None else _rounded(relaxed.value), "relaxed_change": None if relaxed is None else round(relaxed.change, 6),
                "cheapest": planned is not None and key in {one.key for one in planned.cheapest},
            }
        )  # fmt: skip
    return rows + [{"target": key, "assessable": False, "reason": f"{zh} {en}", **hold} for key, (zh, en) in found.lacking.items()]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
