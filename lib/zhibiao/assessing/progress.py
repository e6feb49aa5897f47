"""Schedule progress 时序进度: share of the change done against share of time gone, and the pace that is needed from now on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """How far a target has come, in base units and shares.

    Attributes
    ----------
    change : float or None
        Share of the asked change that is done; None where the target asks for none (keep at 98) or nothing is known.
    time : float
        Share of the time that had gone when the latest figure was taken, 0 to 1.
    pace, needed : float or None
        Mean yearly change so far, and the one needed from the latest figure to the horizon. Past the horizon none is needed.
    """

    change: float | None
    time: float
    pace: float | None
    needed: float | None

    @property
    def on_schedule(self) -> bool | None:
        """Whether the change keeps up with time; None where it cannot be said."""
        return None if self.change is None else self.change >= self.time - 1e-9


def towards(baseline: float, start: int, latest: float, year: float, bound: float, end: int) -> Progress:
    """Progress from a baseline towards a value at a horizon.

    Parameters
    ----------
    baseline, latest, bound : float
        Starting value, latest value and the value asked for, in base units.
    start, year, end : int
        Their years; `year` may carry a fraction for a figure of a month.

    Examples
    --------
    >>> towards(9.9, 2020, 10.1, 2022, 10.5, 2025)  # doctest: +ELLIPSIS
    Progress(change=0.333..., time=0.4, pace=0.0999..., needed=0.133...)
    """
    asked, gone, left = bound - baseline, year - start, end - year
    change = (latest - baseline) / asked if abs(asked) > 1e-9 * max(1.0, abs(bound)) else None
    pace = (latest - baseline) / gone if gone > 0 else None
    needed = (bound - latest) / left if left > 0 else None
    return Progress(change, _share(gone, end - start), pace, needed)


def due(baseline: float, bound: float, time: float) -> float:
    """What an even path from the baseline to the value asked for has reached when a share `time` of its years is gone.

    >>> [round(due(68, 99, year / 7), 6) for year in (0, 1, 4, 7)]
    [68.0, 72.428571, 85.714286, 99.0]
    """
    return baseline + (bound - baseline) * time


def accumulated(total: float, through: float, bound: float, start: int, end: int) -> Progress:
    """Progress of a cumulative target: what has come together through the end of year `through`, of the period start to end.

    >>> accumulated(9.0, 2023, 15.0, 2021, 2025).needed
    3.0
    """
    years = end - start + 1
    gone = min(max(through - start + 1, 0), years)
    left = years - gone
    return Progress(
        total / bound if bound else None, gone / years, total / gone if gone > 0 else None, (bound - total) / left if left > 0 else None
    )


def _share(part: float, whole: float) -> float:
    return min(max(part / whole, 0.0), 1.0) if whole > 0 else 1.0
