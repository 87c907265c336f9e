"""Several fetchers and many portals: who polls which, and when."""
