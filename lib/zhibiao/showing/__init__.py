"""Charts, tables and sentences: what a planner sees of projections, gaps and scenarios."""
