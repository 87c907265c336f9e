"""Characters and drawing of a page → tables, lines and paragraphs, whichever engine gave them."""
