"""Chooses the archive's backend by URL."""

import re
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from shared.archive.contract import Archive
from shared.archive.folder import FolderArchive
from shared.errors import SettingsInvalid
from shared.settings import masked

_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


def open_archive(url: str) -> Archive:
    """The archive at `url`: `file:///folder` or `s3://bucket[/prefix]`; it is first asked for by its methods.

    Raises SettingsInvalid for a URL with no backend, and for one whose backend is not installed.
    """
    address = urlsplit(url)
    if address.scheme == "file" and address.netloc in {"", "localhost"} and address.path:
        return FolderArchive(Path(unquote(address.path)))
    if address.scheme == "s3":
        return _bucket(address)
    raise SettingsInvalid(
        f"The archive {masked(url)!r} has no backend; give file:///folder or s3://bucket/prefix (GONGKAI_ARCHIVE)."
    )


def _bucket(address: SplitResult) -> Archive:
    if not _BUCKET.fullmatch(address.netloc) or address.query or address.fragment:
        raise SettingsInvalid(
            "An archive on S3 is s3://bucket/prefix and no more (GONGKAI_ARCHIVE); its endpoint, region and "
            "credentials are the standard AWS_… variables, see docs/settings.md."
        )
    try:
        from shared.archive.s3 import S3Archive
    except ModuleNotFoundError as error:
        raise SettingsInvalid("An archive on S3 needs boto3; install gongkai[s3].") from error
    return S3Archive(address.netloc, unquote(address.path).strip("/"))
