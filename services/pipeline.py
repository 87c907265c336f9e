"""The four services in the order of the path; each is loaded only when it runs."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

from fastapi import FastAPI

from shared.settings import Settings
from shared.topics import StageName


@dataclass(frozen=True)
class Service:
    """A service of the path; `app` and `settings` are `module:name` of its create_app and its Settings class."""

    name: StageName
    sentence: str
    app: str
    settings: str
    port: int

    def load(self, **overrides: object) -> FastAPI:
        """Import the service and make its app from the environment's settings, `overrides` first."""
        settings = _named(self.settings)
        assert issubclass(settings, Settings)
        app = _named(self.app)(settings.read(**overrides))
        assert isinstance(app, FastAPI)
        return app


def _named(target: str) -> Any:
    module, name = target.split(":")
    return getattr(import_module(module), name)


SERVICES: Final = (
    Service(
        "fetcher",
        "portal → fetched",
        "services.fetcher.app:create_app",
        "services.fetcher.settings:FetcherSettings",
        8001,
    ),
    Service(
        "parser",
        "fetched → parsed",
        "services.parser.app:create_app",
        "services.parser.settings:ParserSettings",
        8002,
    ),
    Service(
        "normalizer",
        "parsed → normalized",
        "services.normalizer.app:create_app",
        "services.normalizer.settings:NormalizerSettings",
        8003,
    ),
    Service(
        "store",
        "normalized → database, API, pages",
        "services.store.app:create_app",
        "services.store.settings:StoreSettings",
        8000,
    ),
)
