"""Reading again what the archive has: choosing events, sending copies of them, and a shadow to look at first."""
