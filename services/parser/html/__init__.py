"""Web pages; read reader.py first."""
