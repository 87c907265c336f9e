"""What Chinese print means: text without layout, numbers and money, regions, the vocabulary."""
