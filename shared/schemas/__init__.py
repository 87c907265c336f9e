"""The models of everything that crosses a topic or the archive: one file a thing."""
