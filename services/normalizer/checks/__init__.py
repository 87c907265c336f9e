"""The reconciliation rules (勾稽): what must hold between the figures of one disclosure."""
