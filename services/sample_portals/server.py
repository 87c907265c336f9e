"""Serves a world: a port a county, ETags, and the hooks that publish one more item or correct a file."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from fastapi import FastAPI, Request, Response

from services.sample_portals.cms.answer import Site
from services.sample_portals.cms.catalogue import CatalogueSite
from services.sample_portals.cms.trs import TrsSite
from services.sample_portals.cms.vsb import VsbSite
from services.sample_portals.portal_files import LISTS
from services.sample_portals.world import County, Item, World


@dataclass
class State:
    """What is published just now."""

    world: World
    published: int = 0
    corrected: dict[int, Item] = field(default_factory=dict)

    def visible(self, county: County) -> list[Item]:
        """The county's items that are out, newest first, corrected ones with their new file."""
        held = [item for item in self.world.items if item.held][: self.published]
        return [
            self.corrected.get(id(item), item)
            for item in reversed(self.world.of(county))
            if not item.held or item in held
        ]

    def publish(self) -> Item | None:
        """Let the next held item appear; None when nothing is left."""
        held = [item for item in self.world.items if item.held]
        if self.published >= len(held):
            return None
        self.published += 1
        return held[self.published - 1]

    def correct(self) -> Item | None:
        """Replace the file of the next department budget that stands; None when all are replaced."""
        for item in self.world.items:
            if item.kind == "department_budget" and not item.held and id(item) not in self.corrected:
                self.corrected[id(item)] = replace(item, corrected=True)
                return item
        return None

    def site(self, county: County, host: str) -> Site:
        items = self.visible(county)
        if county.family == "trs_wcm":
            return TrsSite(county, items)
        if county.family == "vsb":
            return VsbSite(county, items)
        return CatalogueSite(county, items, host)


def create_app(world: World, ports: Sequence[int]) -> FastAPI:
    """The app; it must be reachable on `ports`, one a county in the world's order."""
    app = FastAPI(title="gongkai sample portals", docs_url=None, redoc_url=None, openapi_url=None)
    state = State(world)

    @app.post("/__publish")
    def publish() -> Response:
        item = state.publish()
        return Response("nothing left to publish", 409) if item is None else Response(item.title)

    @app.post("/__correct")
    def correct() -> Response:
        item = state.correct()
        return Response("nothing left to correct", 409) if item is None else Response(item.title)

    @app.get("/__state")
    def show() -> dict[str, object]:
        return {"published": state.published, "corrected": len(state.corrected), "items": len(world.items)}

    @app.get("/{path:path}")
    def page(path: str, request: Request) -> Response:
        host, port = request.url.hostname, request.scope["server"][1]
        if port not in ports:
            return Response("no county here", 404)
        county = world.counties[ports.index(port)]
        if not path:
            return Response(status_code=302, headers={"Location": LISTS[county.family]})
        site = state.site(county, f"{host}:{port}")
        found = site.answer(f"/{path}", dict(request.query_params))
        if found is None:
            return Response("<html><body>404 页面不存在</body></html>", 404, media_type="text/html")
        tag = f'"{hashlib.sha256(found.body).hexdigest()[:20]}"'
        headers = {"ETag": tag} | ({"Content-Disposition": found.disposition} if found.disposition else {})
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return Response(found.body, headers=headers, media_type=found.media_type)

    return app
