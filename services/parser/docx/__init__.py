"""Word documents since 2007; read reader.py first."""
