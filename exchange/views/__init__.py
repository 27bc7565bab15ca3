"""Pages of workbooks: the import of everything, and the sheet of a plan's items."""
