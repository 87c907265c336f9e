"""Traces: the contract, its backend, and the choice."""
