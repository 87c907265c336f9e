"""The version of gongkai that runs, named on every event and record."""

from importlib.metadata import version
from typing import Final

VERSION: Final = version("gongkai")
