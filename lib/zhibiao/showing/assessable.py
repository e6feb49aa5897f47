"""How many of a set of targets can be judged at all, before anybody counts how they stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from zhibiao.assessing.gaps import GapRow
from zhibiao.assessing.panel import SILENT_VERDICTS
from zhibiao.assessing.standing import STATES as STATE_ORDER
from zhibiao.assessing.standing import VERDICTS as VERDICT_ORDER
from zhibiao.catalogue.study import Study
from zhibiao.showing.numbers import count, percent
from zhibiao.showing.sentences import Sentences
from zhibiao.showing.silence import reasons
from zhibiao.showing.words import STATES, VERDICTS, word


def share(study: Study, rows: Sequence[GapRow]) -> str:
    """One sentence: how many targets, what share of them can be judged, how these stand, and why the others cannot.

    The state of those that are judged is said only where it weakens the verdict (an estimate, an old figure).
    """
    if not rows:
        return study.words(f"所选文件没有给{study.region.zh}定下目标。", f"The chosen documents set no target for {study.region.en}.")
    judged = [row.standing for row in rows if row.standing.verdict not in SILENT_VERDICTS]
    part = percent(len(judged) / len(rows), 0)
    if not judged:
        none = reasons(study, rows)
        return study.words(f"{count(len(rows))}项目标都不能评估：{none}。", f"{'The one target' if len(rows) == 1 else f'None of the {count(len(rows))} targets'} can{'not' if len(rows) == 1 else ''} be judged: {none}.")
    head = study.words(f"{count(len(rows))}项目标，可评{count(len(judged))}项（{part}）", f"{count(len(rows))} target{'' if len(rows) == 1 else 's'}, {count(len(judged))} of them can be judged ({part})")
    stands = _listed(study, Counter(s.verdict for s in judged), VERDICTS, VERDICT_ORDER)
    weak = _listed(study, Counter(s.state for s in judged if s.state != "assessed"), STATES, STATE_ORDER)
    lacking = reasons(study, rows)
    if stands:
        head += study.words("：", ": ") + stands + (study.words(f"（其中{weak}）", f" (of these {weak})") if weak else "")
    return head + (study.words("；不可评：", "; not judged: ") + lacking if lacking else "") + study.words("。", ".")


def sentence(study: Study, rows: Sequence[GapRow]) -> Sentences:
    """The same as a display object."""
    return Sentences((share(study, rows),))


def _listed(study: Study, counts: Mapping[str, int], words: Mapping[str, tuple[str, str]], order: Sequence[str]) -> str:
    said = [f"{word(words, code, study.lang)}{study.words('', ' ')}{count(counts[code])}" for code in order if counts.get(code)]
    return study.words("、", ", ").join(said)
