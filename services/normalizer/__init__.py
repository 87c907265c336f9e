"""parsed → normalized: knows budgets, nothing of formats; read stage.py first."""
