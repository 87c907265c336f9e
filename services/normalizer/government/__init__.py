"""A government's own tables: what each is made of, told by evidence."""
