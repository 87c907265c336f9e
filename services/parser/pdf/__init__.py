"""PDF → characters and drawing of each page by PDFium, for the layout."""
