"""Measures and units. Each answer imports what it needs."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from zhibiao.answers.base import Answers

if TYPE_CHECKING:
    from zhibiao.assessing.delivery import Delivery
    from zhibiao.showing.sentences import Sentences
    from zhibiao.showing.table import Table
    from zhibiao.showing.unit_pages import UnitPages


class Deliveries(Answers):
    """Measures and units."""

    @cached_property
    def delivered(self) -> Delivery:
        from zhibiao.assessing.delivery import delivery

        return delivery(self.study)

    def delivery(self) -> Sentences:
        """How far the measures have come, in sentences."""
        from zhibiao.showing import delivery_tables

        return delivery_tables.overview(self.study, self.delivered)

    def measures(self) -> Table:
        """Every measure with its units, its deadline and its targets."""
        from zhibiao.showing import delivery_tables

        return delivery_tables.measures(self.study, self.delivered)

    def late_measures(self) -> Table:
        """Measures past their deadline and not done."""
        from zhibiao.showing import delivery_tables

        return delivery_tables.late(self.study, self.delivered)

    def loose_ends(self) -> Table:
        """Measures without an indicator or a unit, targets without a measure."""
        from zhibiao.showing import delivery_tables

        return delivery_tables.loose_ends(self.study, self.delivered)

    def units(self) -> Table:
        """Units and how many measures they answer for."""
        from zhibiao.showing import delivery_tables

        return delivery_tables.units(self.study, self.delivered)

    def unit_pages(self) -> UnitPages:
        """Each unit's own list of measures."""
        from zhibiao.showing import unit_pages

        return unit_pages.unit_pages(self.study, self.delivered)
