"""OFD (GB/T 33190-2016) → characters and drawing of each page, for the layout; read reader.py first."""
