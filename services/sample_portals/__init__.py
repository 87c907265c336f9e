"""Fictional county portals with known truth, for trying and testing."""
