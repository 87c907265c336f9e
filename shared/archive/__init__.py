"""The archive: bytes by content hash; one contract (contract.py), a backend a file beside it."""
