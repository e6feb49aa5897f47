"""What the documents say. Each answer imports what it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhibiao.answers.base import Answers

if TYPE_CHECKING:
    from zhibiao.showing.table import Table


class Documents(Answers):
    """What the documents say."""

    def documents(self) -> Table:
        """Documents that speak of the region."""
        from zhibiao.showing import statement_tables

        return statement_tables.documents(self.study)

    def main_targets(self) -> Table:
        """Targets that the documents put first."""
        from zhibiao.showing import statement_tables

        s = self.study
        return statement_tables.statements(s, "target", statement_tables.headline(s), s.words("主要指标", "Main indicators"))

    def statements(self, kind: str) -> Table:
        """Statements of one kind: target, baseline or achieved."""
        from zhibiao.showing import statement_tables

        return statement_tables.statements(self.study, kind)

    def clauses(self) -> Table:
        """Every statement with its clause, in narrow lines."""
        from zhibiao.showing import clause_tables

        return clause_tables.clauses(self.study)

    def observations(self) -> Table:
        """Figures that are known."""
        from zhibiao.showing import flow_tables

        return flow_tables.observations(self.study)
