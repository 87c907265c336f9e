"""The whole path in one process: the four apps over the embedded bus, one server, one stop."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse

from services.pipeline import SERVICES

ROOT: Final = next(service for service in SERVICES if service.name == "store")
PORT: Final = ROOT.port


async def _to_fetcher(request: Request) -> RedirectResponse:
    """The portals are at the same address on every way of running."""
    return RedirectResponse(str(request.url.replace(path=f"/fetcher{request.url.path}")), status_code=307)


def create_app(**overrides: object) -> FastAPI:
    """One app: the store's API and pages at the root, each other service under its name.

    Settings come from the environment, `overrides` first. Its lifespan starts the services from the end of the
    path to its start, so that nothing is published before its reader is there, and stops them in the other order.
    """
    apps = {service.name: service.load(**overrides) for service in SERVICES}

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as running:
            for service in reversed(SERVICES):
                app = apps[service.name]
                await running.enter_async_context(app.router.lifespan_context(app))
            yield

    root = FastAPI(title="gongkai", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    for path in ("/portals", "/portals/{rest:path}"):
        root.add_route(path, _to_fetcher, methods=["GET", "POST"])
    for service in SERVICES:
        root.mount("/" if service is ROOT else f"/{service.name}", apps[service.name])
    return root
