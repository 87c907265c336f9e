"""Who, where, when, what: the title, department, region, year and kind of a document, from all it says of itself."""
