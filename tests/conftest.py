"""Where the material outside the repository lies: real disclosures and the sample portals beside them."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "gongkai",
    deadline=None,
    derandomize=os.environ.get("CI") == "true",
    suppress_health_check=[HealthCheck.too_slow],  # how fast the machine is says nothing of the code
)
settings.load_profile("gongkai")

pytest_plugins = ["tests.servers.databases", "tests.servers.kafka", "tests.servers.s3"]
REPOSITORY = Path(__file__).parent.parent


def _outside(path: Path) -> Path:
    if path.exists():
        return path
    reason = f"{path} is not there; set GONGKAI_SEEDS to the folder of real disclosures"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The folder of five real disclosures as extracted text."""
    return _outside(Path(os.environ.get("GONGKAI_SEEDS", REPOSITORY.parent / "shared" / "seeds")))


@pytest.fixture(scope="session")
def portals_folder(seeds: Path) -> Path:
    """The folder of the five sample portals and their server."""
    return _outside(seeds.parent / "portals")
