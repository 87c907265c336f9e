"""Reads performance targets (绩效目标): goals, projects and indicators."""
