"""The archive as a bucket of Amazon S3, or of a store that speaks its protocol: an object a key."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError
from urllib3.exceptions import HTTPError

from shared import ids
from shared.archive.contract import Kept
from shared.archive.keys import is_key
from shared.archive.packing import packed, unpacked
from shared.errors import ArchiveUnavailable

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import HeadObjectOutputTypeDef

CONNECT_SECONDS: Final = 3.0
READ_SECONDS: Final = 20.0
"""The longest silence within an answer."""
_ATTEMPTS: Final = 2
_CONNECTIONS: Final = 40
_ABSENT: Final = frozenset({"404", "NoSuchKey"})
_REASONS: Final = {
    "404": "there is no such bucket; make it, or mend GONGKAI_ARCHIVE",
    "NoSuchBucket": "there is no such bucket; make it, or mend GONGKAI_ARCHIVE",
    "403": "the credentials are refused; they need s3:ListBucket, s3:GetObject and s3:PutObject there",
    "AccessDenied": "the credentials are refused; they need s3:ListBucket, s3:GetObject and s3:PutObject there",
    "InvalidAccessKeyId": "the store does not know AWS_ACCESS_KEY_ID",
    "SignatureDoesNotMatch": "AWS_SECRET_ACCESS_KEY is not that of AWS_ACCESS_KEY_ID",
    "301": "the bucket is in another region; set AWS_DEFAULT_REGION",
    "PermanentRedirect": "the bucket is in another region; set AWS_DEFAULT_REGION",
}


@dataclass(frozen=True)
class S3Archive:
    """Bytes in `bucket` under `prefix` and their key; the bucket is there already, its policies are its owner's.

    Endpoint, region and credentials are found by boto3: the standard `AWS_…` variables, or a machine's role.
    """

    bucket: str
    prefix: str = ""

    def put(self, data: bytes) -> str:
        """Keep `data` and return its key; the store compares a hash with what it gets; damage is replaced."""
        key, kept = ids.content_hash(data), packed(data)
        with self._reachable():
            if not self._holds(key, kept):
                self._client.put_object(
                    Bucket=self.bucket,
                    Key=self._name(key),
                    Body=kept,
                    ChecksumAlgorithm="SHA256",
                    ChecksumSHA256=_checksum(kept),
                )
        return key

    def get(self, key: str) -> bytes:
        """The bytes under `key`; raises KeyError, ArchiveUnavailable, and Corrupt when they have changed."""
        if not is_key(key):
            raise KeyError(key)
        with self._reachable():
            try:
                data = self._read(key)
            except ClientError as error:
                if _code(error) == "NoSuchKey":
                    raise KeyError(key) from error
                raise
        return unpacked(data, key, f"{self}/{key}")

    def has(self, key: str) -> bool:
        """Whether there are bytes under `key`; a bucket that is gone is ArchiveUnavailable."""
        with self._reachable():
            found = is_key(key) and self._head(key) is not None
            if not found:
                self._client.head_bucket(Bucket=self.bucket)  # a missing object and bucket answer alike
        return found

    def check_writable(self) -> None:
        """Raises ArchiveUnavailable where the bucket is gone; whether it takes bytes only a `put` tells."""
        with self._reachable():
            self._client.head_bucket(Bucket=self.bucket)

    def all(self) -> Iterator[Kept]:
        """Everything that is kept; raises ArchiveUnavailable."""
        with self._reachable():
            listing = self._client.get_paginator("list_objects_v2")
            for page in listing.paginate(Bucket=self.bucket, Prefix=self._name("")):
                for each in page.get("Contents", []):
                    key = each["Key"].removeprefix(self._name(""))
                    if is_key(key):
                        yield Kept(key, each["Size"], each["LastModified"])

    def remove(self, key: str) -> None:
        """Keep nothing under `key` any more; raises ArchiveUnavailable."""
        with self._reachable():
            if is_key(key):
                self._client.delete_object(Bucket=self.bucket, Key=self._name(key))

    def __str__(self) -> str:
        return f"s3://{self.bucket}" + (f"/{self.prefix}" if self.prefix else "")

    @property
    def _client(self) -> "S3Client":
        return _client_of(self.bucket)

    def _name(self, key: str) -> str:
        return f"{self.prefix}/{key}" if self.prefix else key

    def _head(self, key: str) -> "HeadObjectOutputTypeDef | None":
        try:
            return self._client.head_object(Bucket=self.bucket, Key=self._name(key), ChecksumMode="ENABLED")
        except ClientError as error:
            if _code(error) in _ABSENT:
                return None
            raise

    def _read(self, key: str) -> bytes:
        return self._client.get_object(Bucket=self.bucket, Key=self._name(key))["Body"].read()

    def _holds(self, key: str, kept: bytes) -> bool:
        head = self._head(key)
        if head is None or head["ContentLength"] != len(kept):
            return False
        if "ChecksumSHA256" in head:
            return head["ChecksumSHA256"] == _checksum(kept)
        return self._read(key) == kept  # put there by another program, or the store keeps no checksums

    @contextmanager
    def _reachable(self) -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            reason = _REASONS.get(_code(error)) or f"the store answers {_code(error)}"
            raise ArchiveUnavailable(f"The archive {self} cannot be used: {reason}.") from error
        except NoCredentialsError as error:
            reason = "there are no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
            raise ArchiveUnavailable(f"The archive {self} cannot be used: {reason}.") from error
        # HTTPError is TLS that breaks within a body, the last two are a wrong endpoint or certificate file
        except (BotoCoreError, HTTPError, OSError, ValueError) as error:
            reason = str(error).rstrip(".")
            raise ArchiveUnavailable(f"The archive {self} cannot be used: {reason}.") from error


@cache
def _client_of(_bucket: str) -> "S3Client":
    """One client a bucket and process; it is safe to share among threads, its session is not."""
    limits = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
        max_pool_connections=_CONNECTIONS,
        response_checksum_validation="when_required",  # `get` compares with the key, which says whose fault it is
    )
    return boto3.session.Session().client("s3", config=limits)


def _checksum(kept: bytes) -> str:
    return base64.b64encode(bytes.fromhex(ids.content_hash(kept))).decode()


def _code(error: ClientError) -> str:
    return error.response["Error"]["Code"]
