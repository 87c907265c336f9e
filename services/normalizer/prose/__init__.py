"""Prose: titles, sections, years, and what a sentence says of a figure."""
