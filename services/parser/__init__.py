"""fetched → parsed: knows formats, nothing of budgets; read stage.py first."""
