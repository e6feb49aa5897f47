"""The three-year pipe in PySD, in the environment of tests/bench/requirements.txt.

``python tests/bench/cohort_peer.py OUT.csv --retention 0.97 --runs 20`` writes year, enrolment, graduating, losing of one run and prints
the seconds that a run took, loading apart.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
import warnings
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--retention", type=float, default=0.97)
    parser.add_argument("--runs", type=int, default=20)
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    import pysd

    with tempfile.TemporaryDirectory() as folder:
        # PySD writes a Python file beside the model
        copy = shutil.copy(Path(__file__).with_name("cohort.mdl"), folder)
        model = pysd.read_vensim(str(copy))
        found = model.run(params={"Retention": asked.retention}, return_columns=["Enrolment", "Graduating", "Losing"])
        begun = time.perf_counter()
        for _ in range(asked.runs):
            model.run(params={"Retention": asked.retention}, return_columns=["Enrolment"])
        print((time.perf_counter() - begun) / asked.runs)
    found.to_csv(asked.out, float_format="%.17g")


if __name__ == "__main__":
    main()
