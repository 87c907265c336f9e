"""normalized → database, API and pages; read stage.py first."""
