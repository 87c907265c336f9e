"""Tables: which one it is, what its columns hold, what stands around it."""
