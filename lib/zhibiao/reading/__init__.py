"""Taking in what users bring: filled tables of figures."""
