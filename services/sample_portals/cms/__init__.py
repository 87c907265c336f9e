"""The site systems the sample counties run: one file a family, each from a path to an answer."""
