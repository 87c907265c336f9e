"""Plain text as extractors leave it behind; read reader.py first."""
