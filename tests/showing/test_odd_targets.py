"""Targets that do not fit together as those of the shipped documents do."""

import re

PAIR = [("enrolment", 2023, "at_end", 8199, "人"), ("intake", 2023, "in_period", 2747, "人")]


def test_floors_and_ceilings_are_not_solved_for_together_and_the_page_says_so(own):
    report = own([("enrolment", 9000, "人", "point", "2025"), ("enrolment", 9500, "人", "point", "2024", "le")], PAIR, as_of=2023)
    kept = own([("enrolment", 9000, "人", "point", "2025")], PAIR, as_of=2023).solutions()
    assert len(kept.rows) > 1
    assert all("不能一并反推" not in row["note"] for row in kept.rows)
    mixed = own([("intake", 2600, "人", "point", "2024", "le"), ("intake", 2800, "人", "point", "2025")], PAIR, as_of=2023)
    (row,) = mixed.solutions().rows
    assert row["note"] == "有下限也有上限，不能一并反推"
    assert row["moves"] == "—"
    assert report.solutions().rows  # each enrolment target is a set of its own


def test_a_map_in_two_units_names_both_and_the_reported_intake_in_full(own):
    targets = [("enrolment", "0.7413", "万人", "point", "2025"), ("intake", 2747, "人", "point", "2025")]
    title = own(targets, PAIR, lang="en", as_of=2023).feasible_map().title
    assert "an intake of 2,747 persons brings " in title
    assert title.count("×10,000 persons") == 2
    assert "(all " not in title
    same = own([("enrolment", 7413, "人", "point", "2025"), targets[1]], PAIR, lang="en", as_of=2023).feasible_map().title
    assert same.endswith("(all persons)")


def test_what_is_simulated_in_persons_has_commas(own):
    targets = [("enrolment", 90000, "人", "point", "2025"), ("intake", 30000, "人", "point", "2025")]
    report = own(targets, [("enrolment", 2023, "at_end", 81990, "人"), ("intake", 2023, "in_period", 27470, "人")], as_of=2023)
    changes = [row["difference"] for row in report.comparison().rows if row["difference"].lstrip("+-").replace(",", "").isdigit()]
    assert any("," in change for change in changes)
    assert all("," in change or len(change) <= 4 for change in changes)
    assert "至" in report.tornado().alt
    assert not re.search(r"\d{5}", report.tornado().alt.split("龙卷风图")[1])
