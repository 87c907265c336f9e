"""Who, where, when, what: title, department, region, year and kind, from all a document says of itself."""
