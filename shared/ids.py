"""Deterministic ids: the same bytes from the same address give the same ids on every run and machine."""

import hashlib
from collections.abc import Iterable
from urllib.parse import urlsplit

_SEPARATOR = "\x1f"


def content_hash(data: bytes) -> str:
    """The SHA-256 of `data`, 64 hex digits: its key in the archive and its name in provenance."""
    return hashlib.sha256(data).hexdigest()


def _digest(prefix: str, parts: Iterable[object]) -> str:
    joined = _SEPARATOR.join(["" if part is None else str(part) for part in parts])
    return prefix + hashlib.sha256(joined.encode()).hexdigest()[:24]


def disclosure_id(url: str) -> str:
    """Names a disclosure for good, over all its revisions: host, path and query, without the scheme."""
    address = urlsplit(url)
    return _digest("d", (address.netloc.lower(), address.path, address.query))


def revision_id(disclosure: str, file_hashes: Iterable[str]) -> str:
    """Names one state of a disclosure: its id and the hashes of its files, in their published order."""
    return _digest("v", (disclosure, *file_hashes))


def event_id(topic: str, revision: str, version: str) -> str:
    """Names an event: what it says of which revision, as made by which version of gongkai."""
    return _digest("e", (topic, revision, version))


def message_id(own: str, value: bytes, *reading: object) -> str:
    """Names a message for who leaves out repeated ones: what it is about, in which reading, and what it says."""
    return _digest(f"{own}-", (content_hash(value), *reading))


def record_id(disclosure: str, record: str, *key: object) -> str:
    """Names a record within its disclosure by its natural key, so that it keeps its id over revisions."""
    return _digest("r", (disclosure, record, *key))


def change_id(before: str, after: str, record: str) -> str:
    """Names what became of a record between two revisions."""
    return _digest("c", (before, after, record))
