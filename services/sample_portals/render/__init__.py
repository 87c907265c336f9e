"""Content → bytes: one file a format."""
