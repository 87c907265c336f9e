"""Pages and pictures without text → characters and lines, for the layout."""
