"""Every SELECT of the store, each a named function."""
