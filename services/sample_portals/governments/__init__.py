"""Sample counties' own budgets, accounts, execution and debt."""
