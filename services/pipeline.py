"""The four services in the order of the path; each is loaded only when it runs."""

from dataclasses import dataclass
from importlib import import_module
from typing import Final

from fastapi import FastAPI

from shared.settings import Settings
from shared.topics import StageName


@dataclass(frozen=True)
class Service:
    """A service of the path; `create_app` is `module:function`, from settings to a FastAPI app."""

    name: StageName
    sentence: str
    create_app: str
    port: int

    def load(self, settings: Settings) -> FastAPI:
        """Import the service and make its app."""
        module, function = self.create_app.split(":")
        app = getattr(import_module(module), function)(settings)
        assert isinstance(app, FastAPI)
        return app


SERVICES: Final = (
    Service("fetcher", "portal → fetched", "services.fetcher.app:create_app", 8001),
    Service("parser", "fetched → parsed", "services.parser.app:create_app", 8002),
    Service("normalizer", "parsed → normalized", "services.normalizer.app:create_app", 8003),
    Service("store", "normalized → database, API, pages", "services.store.app:create_app", 8000),
)
