"""The web pages: Chinese, or English; a router a page."""

from typing import Final

from services.store.pages import (
    changes,
    disclosure,
    feeds,
    files,
    listing,
    operations,
    reference,
    search,
    short,
    source,
    status,
    table,
    topics,
)

ROUTERS: Final = (
    listing.router,
    search.router,
    short.router,
    disclosure.router,
    changes.router,
    source.router,
    table.router,
    files.router,
    feeds.router,
    status.router,
    operations.router,
    topics.router,
    reference.router,
)
