"""Taking in what users bring: documents to prove and to read, filled tables and workbooks of figures."""
