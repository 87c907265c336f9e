"""Word documents of 1997 to 2003 (.doc, .wps) in their binary format; read reader.py first."""
