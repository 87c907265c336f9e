"""Excel workbooks, old and new; read reader.py first."""
