"""Rich Text Format (RTF 1.9.1) → the paragraphs of the .doc reader, whose tables it shares."""
