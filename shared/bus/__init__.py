"""The bus: one contract (contract.py), a backend a file beside it, chosen by URL in open_bus (connect.py)."""
