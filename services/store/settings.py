"""The store's settings: whose scripts may read its answers, beside what every service has."""

from pydantic import Field

from shared.settings import Settings


class StoreSettings(Settings):
    """Where the store finds its bus, database and archive, and who may read from it in a browser."""

    cors: str = Field(
        default="",
        description="origins whose scripts may read answers, commas between; * for all; empty: none",
    )

    @property
    def cors_origins(self) -> list[str]:
        """The origins, each by itself."""
        return [each.strip() for each in self.cors.split(",") if each.strip()]
