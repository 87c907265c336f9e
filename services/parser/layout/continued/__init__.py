"""Joins what a page break cut, for every format; read join.py first."""
