"""OpenDocument texts and sheets (ISO/IEC 26300), packaged or in one XML file → blocks; read reader.py first."""
