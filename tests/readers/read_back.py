"""What is handed over, read by other projects' readers: pysdmx reads SDMX data against their structure, pyam the IAMC table.

    .venv-readers/bin/python tests/readers/read_back.py SDMX_FOLDER IAMC_FOLDER

Prints a line for each thing read, and leaves with 1 where a value is not the one that was written.
"""

from __future__ import annotations

import csv
import sys
from decimal import Decimal
from pathlib import Path


def sdmx(folder: Path) -> int:
    """Read data and structure, validated; compare period and value of every row. Return how many rows."""
    from pysdmx.io import get_datasets

    with (folder / "observations.csv").open(encoding="utf-8-sig", newline="") as file:
        written = list(csv.DictReader(file))
    (dataset,) = get_datasets(folder / "observations.csv", folder / "structures.json", validate=True)
    read = dataset.data
    assert len(read) == len(written), (len(read), len(written))
    for name in ("REF_AREA", "INDICATOR", "TIME_PERIOD", "UNIT_MEASURE"):
        assert [str(value) for value in read[name]] == [row[name] for row in written], name
    for name in ("OBS_VALUE", "UNIT_MULT"):
        wrong = [(mine[name], other) for mine, other in zip(written, read[name], strict=True) if Decimal(mine[name]) != Decimal(str(other))]
        assert not wrong, (name, wrong[:3])
    return len(read)


def iamc(folder: Path) -> int:
    """Read the table; compare every value. Return how many rows."""
    import pyam

    with (folder / "iamc.csv").open(encoding="utf-8-sig", newline="") as file:
        written = {
            (row["model"], row["scenario"], row["region"], row["variable"], row["unit"], int(row["year"])): float(row["value"]) for row in csv.DictReader(file)
        }
    frame = pyam.IamDataFrame(folder / "iamc.csv")
    read = {tuple(key): value for key, value in frame._data.items()}
    assert read == written, list(set(read.items()) ^ set(written.items()))[:4]
    return len(read)


def main() -> None:
    """Read both and say how much was read."""
    sdmx_folder, iamc_folder = map(Path, sys.argv[1:3])
    print(f"pysdmx: {sdmx(sdmx_folder)} rows of SDMX-CSV, validated against their structure, equal")
    print(f"pyam: {iamc(iamc_folder)} rows of IAMC, equal")


if __name__ == "__main__":
    main()
