"""The store's settings: those every service shares, and no more."""

from shared.settings import Settings


class StoreSettings(Settings):
    """Where the store finds its bus, database and archive."""
