"""PDF → blocks: characters and ruling lines of each page, tables from the lines, paragraphs from the rest."""
