"""Answers of one study, each a display object that serves Lab, nbval and the PDF at once.

Everything heavy is imported by the answer that needs it.
"""

from __future__ import annotations

from zhibiao.answers.agreement import Agreement
from zhibiao.answers.breakdown import Breakdowns
from zhibiao.answers.calibration import Calibration
from zhibiao.answers.delivery import Deliveries
from zhibiao.answers.documents import Documents
from zhibiao.answers.feasibility import Feasibility
from zhibiao.answers.gaps import Gaps
from zhibiao.answers.landing import Landing
from zhibiao.answers.next_plan import NextPlan
from zhibiao.answers.pipe import Pipe
from zhibiao.answers.scenarios import Scenarios
from zhibiao.answers.trust import Trust


class Report(Documents, Landing, Trust, Gaps, Breakdowns, Pipe, Calibration, Feasibility, Scenarios, NextPlan, Agreement, Deliveries):
    """Answers of one study; each method returns a display object that serves Lab, nbval and the PDF at once."""
