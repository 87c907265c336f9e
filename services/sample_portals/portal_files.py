"""The portal files with which a fetcher watches the sample counties."""

from typing import Final
from urllib.parse import urlsplit

from services.sample_portals.world import Family, World

LISTS: Final[dict[Family, str]] = {
    "trs_wcm": "/zwgk/gsgg/",
    "vsb": "/zwgk/tzgg.htm",
    "json_catalogue": "/gkmlpt/index",
}
INTERVAL_MINUTES: Final = 0.05


def portal_files(world: World, addresses: dict[str, str]) -> dict[str, str]:
    """File name → YAML, one a county; polled every few seconds without pauses, for they are served from here."""
    return {
        f"{county.slug}.yaml": (
            f"# A fictional sample county.\n"
            f"name: {county.slug}\n"
            f'region_code: "{county.region}"\n'
            f"region_name: {county.region_name}\n"
            f"family: {county.family}\n"
            f"base_url: {addresses[county.slug]}\n"
            f"lists:\n  - url: {LISTS[county.family]}\n"
            f"allow_private: [{urlsplit(addresses[county.slug]).hostname}]\n"
            f"pace_seconds: 0\n"
            f"interval_minutes: {INTERVAL_MINUTES}\n"
        )
        for county in world.counties
    }
