"""READERS: what reads the records of a document, in order."""
