"""What a bucket adds to the archive's contract: a store that is away, refuses, stalls or cuts off its answer."""

import base64
import os
import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import httpx
import pytest
from urllib3.exceptions import HTTPError

from shared import ids
from shared.archive import s3 as backend
from shared.archive.connect import open_archive
from shared.archive.contract import Archive
from shared.errors import ArchiveUnavailable
from tests.servers.parts import missing
from tests.servers.s3 import S3Server

KEY = ids.content_hash(b"one")
EVERY_CALL: tuple[Callable[[Archive], object], ...] = (
    lambda archive: archive.put(b"one"),
    lambda archive: archive.get(KEY),
    lambda archive: archive.has(KEY),
)


def unavailable(archive: Archive) -> set[str]:
    """What each call says; fails when one of them does anything else."""
    said = set()
    for call in EVERY_CALL:
        with pytest.raises(ArchiveUnavailable) as raised:
            call(archive)
        said.add(str(raised.value))
    assert all("\n" not in each and each.startswith("The archive s3://") for each in said)
    return said


def answering(answer: bytes, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """The address of a store that reads each request and answers it with the very bytes of `answer`.

    With `tls` they are followed by some that are no TLS.
    """
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                connection, _ = listening.accept()
                with connection:
                    if not connection.recv(65536, socket.MSG_PEEK):
                        return
                    with tls.wrap_socket(connection, server_side=True) if tls else connection as wrapped:
                        wrapped.recv(65536)
                        wrapped.sendall(answer)
                        if tls:
                            os.write(wrapped.fileno(), b"no TLS record")

        thread = Thread(target=serve)
        thread.start()
        address = listening.getsockname()
        try:
            yield f"http{'s' if tls else ''}://127.0.0.1:{address[1]}"
        finally:
            socket.create_connection(address).close()
            thread.join()


def certificate(folder: Path) -> Path:
    """A certificate of 127.0.0.1 that signs itself, with its key, in one file."""
    if shutil.which("openssl") is None:
        missing("openssl", "it makes the certificate of a store with TLS")
    both = folder / "both.pem"
    for_address = ["-subj", "/CN=gongkai", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *for_address, "-keyout", both, "-out", both],
        check=True,
        capture_output=True,
    )
    return both


@pytest.fixture
def store_that_answers(s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Archive]]:
    """An archive on a store that gives every request the same raw answer."""
    running: list[Iterator[str]] = []

    def archive(answer: str) -> Archive:
        running.append(answering(answer.encode()))
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", next(running[-1]))
        return open_archive(f"s3://answering-{len(answer)}-{ids.content_hash(answer.encode())[:8]}")

    yield archive
    for each in running:
        next(each, None)


def test_a_store_that_was_killed_is_unavailable_until_it_is_back(s3: S3Server) -> None:
    name = s3.create()
    archive = open_archive(f"s3://{name}")
    archive.put(b"one")
    s3.kill()
    try:
        assert all(s3.endpoint in each for each in unavailable(archive))
    finally:
        s3.start()
    s3.client().create_bucket(Bucket=name)
    with pytest.raises(KeyError):
        archive.get(KEY)
    assert archive.get(archive.put(b"one")) == b"one"


def test_a_bucket_that_is_not_there_is_named_and_can_still_be_made(s3: S3Server) -> None:
    archive = open_archive("s3://made-later/archive")
    reason = "there is no such bucket; make it, or mend GONGKAI_ARCHIVE"
    assert unavailable(archive) == {f"The archive s3://made-later/archive cannot be used: {reason}."}
    s3.client().create_bucket(Bucket="made-later")
    assert archive.get(archive.put(b"one")) == b"one"


def test_credentials_that_the_store_refuses_are_told(s3: S3Server) -> None:
    archive = open_archive(f"s3://{s3.create()}")
    checking = f"{s3.endpoint}/moto-api/reset-auth"
    httpx.post(checking, content="0").raise_for_status()
    try:
        said = unavailable(archive)
    finally:
        httpx.post(checking, content="inf").raise_for_status()
    assert all("AWS_ACCESS_KEY_ID" in each or "credentials are refused" in each for each in said)
    assert archive.has(archive.put(b"one"))


def test_missing_credentials_are_told(s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    assert (
        unavailable(open_archive(f"s3://{s3.create()}"))
        .pop()
        .endswith("there are no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.")
    )


@pytest.mark.parametrize("endpoint", ["store.example", "http://", "ftp://127.0.0.1"])
def test_an_endpoint_that_is_no_address_is_told(
    s3: S3Server, monkeypatch: pytest.MonkeyPatch, endpoint: str
) -> None:
    name = s3.create()
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", endpoint)
    assert all(name in each for each in unavailable(open_archive(f"s3://{name}")))


@pytest.mark.parametrize("status", ["503 Slow Down", "500 Internal Server Error", "429 Too Many Requests"])
def test_a_store_in_trouble_is_unavailable(store_that_answers: Callable[[str], Archive], status: str) -> None:
    unavailable(store_that_answers(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))


def test_an_answer_that_ends_too_early_is_no_damaged_file(store_that_answers: Callable[[str], Archive]) -> None:
    archive = store_that_answers("HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\nhalf")
    with pytest.raises(ArchiveUnavailable):
        archive.get(KEY)


def test_tls_that_breaks_within_a_file_is_no_damaged_file(
    s3: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate(tmp_path))
    monkeypatch.setenv("AWS_CA_BUNDLE", str(tmp_path / "both.pem"))
    store = answering(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", tls)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", next(store))
    try:
        with pytest.raises(ArchiveUnavailable, match="SSL") as raised:
            open_archive("s3://broken-tls").get(KEY)
    finally:
        next(store, None)
    assert isinstance(raised.value.__cause__, HTTPError)


def test_a_store_that_does_not_answer_is_given_up(
    store_that_answers: Callable[[str], Archive], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backend, "READ_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{silent.getsockname()[1]}")
        assert "imeout" in unavailable(open_archive("s3://silent")).pop()


def test_objects_are_as_private_as_their_bucket(s3: S3Server) -> None:
    name = s3.create()
    key = open_archive(f"s3://{name}").put(b"one")
    grants = s3.client().get_object_acl(Bucket=name, Key=key)["Grants"]
    assert [(each["Grantee"]["Type"], each["Permission"]) for each in grants] == [
        ("CanonicalUser", "FULL_CONTROL")
    ]


def test_the_store_keeps_the_checksum_that_is_the_key(s3: S3Server) -> None:
    name = s3.create()
    key = open_archive(f"s3://{name}").put(b"one")
    head = s3.client().head_object(Bucket=name, Key=key, ChecksumMode="ENABLED")
    assert base64.b64decode(head["ChecksumSHA256"]).hex() == key


@pytest.mark.parametrize("checksum", [True, False])
def test_what_is_there_already_is_not_put_again(s3: S3Server, checksum: bool) -> None:
    name, client = s3.create(), s3.client()
    client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    archive = open_archive(f"s3://{name}")
    if checksum:
        archive.put(b"one")
    else:
        client.put_object(Bucket=name, Key=KEY, Body=b"one")
    archive.put(b"one")
    assert len(client.list_object_versions(Bucket=name)["Versions"]) == 1


def test_an_object_of_other_bytes_with_their_checksum_is_replaced(s3: S3Server) -> None:
    name = s3.create()
    s3.client().put_object(Bucket=name, Key=KEY, Body=b"two", ChecksumAlgorithm="SHA256")
    archive = open_archive(f"s3://{name}")
    assert archive.get(archive.put(b"one")) == b"one"


def test_without_boto3_the_extra_to_install_is_named() -> None:
    program = (
        "import sys; sys.modules['boto3'] = None\n"
        "from shared.archive.connect import open_archive\n"
        "from shared.errors import SettingsInvalid\n"
        "try: open_archive('s3://bucket')\n"
        "except SettingsInvalid as error: print(error)\n"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert said == "An archive on S3 needs boto3; install gongkai[s3].\n"
