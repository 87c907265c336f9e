"""Chooses the archive's backend by URL."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from shared.archive.contract import Archive
from shared.archive.folder import FolderArchive
from shared.errors import SettingsInvalid


def open_archive(url: str) -> Archive:
    """The archive at `url` (`file:///folder`); raises SettingsInvalid for a URL with no backend."""
    address = urlsplit(url)
    if address.scheme == "file" and address.netloc in {"", "localhost"} and address.path:
        return FolderArchive(Path(unquote(address.path)))
    raise SettingsInvalid(f"The archive {url!r} has no backend; give a folder as file:///path (GONGKAI_ARCHIVE).")
