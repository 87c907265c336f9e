"""The JSON API under /api/v1: a router a thing."""

from typing import Final

from services.store.api import disclosures, records, schemas, totals

ROUTERS: Final = (disclosures.router, records.router, totals.router, schemas.router)
