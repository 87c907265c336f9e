"""A real Apache Kafka for tests: one broker a test process, a namespace of its own a test."""

import asyncio
import gc
import itertools
import os
import shutil
import subprocess
import uuid
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from deploy.kafka.launcher import HOST, Cluster, KafkaMissing, running_kafka
from tests.servers.parts import missing

SESSION_SECONDS: Final = 2.0
"""How long a member of a group may be silent, for GONGKAI_KAFKA_SESSION_SECONDS: tests kill members and wait."""
DROPS_CONNECTIONS: Final = pytest.mark.usefixtures("dropped_connections")
"""For tests that use Kafka in their own process without `kafka_url`."""
_numbers: Final = itertools.count(1)
_run: Final = uuid.uuid4().hex[:6]


@contextmanager
def kafka_cluster(
    size: int = 1, settings: Mapping[str, str] | None = None, host: str = HOST, options: Sequence[str] = ()
) -> Iterator[Cluster]:
    """A cluster of its own, for faults; the test is skipped, in CI failed, where Kafka cannot be had."""
    try:
        with running_kafka(size, settings, host, options) as cluster:
            yield cluster
    except KafkaMissing as error:
        missing("Apache Kafka", str(error))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate of 127.0.0.1 that signs itself, and its key."""
    if shutil.which("openssl") is None:
        missing("openssl", "it makes the certificate of a broker with TLS")
    folder = tmp_path_factory.mktemp("tls")
    signed, key = folder / "certificate.pem", folder / "key.pem"
    for_address = ["-subj", "/CN=gongkai", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
    output = ["-keyout", str(key), "-out", str(signed)]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *for_address, *output],
        check=True,
        capture_output=True,
    )
    signed.with_name("both.pem").write_text(key.read_text() + signed.read_text())
    return signed, key


def over_tls(signed: Path) -> dict[str, str]:
    """The settings of a broker that has the `certificate` and wants a login of its clients."""
    return {
        "listener.security.protocol.map": "CLIENT:SASL_SSL,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "listener.name.client.ssl.keystore.type": "PEM",
        "listener.name.client.ssl.keystore.location": str(signed.with_name("both.pem")),
    }


@contextmanager
def fresh_namespace(cluster: Cluster) -> Iterator[str]:
    """The URL of a bus with nothing on it; its topics go afterwards."""
    namespace = f"t{_run}-{os.getpid()}-{next(_numbers)}"
    yield f"{cluster.url}/{namespace}"
    asyncio.run(_drop(cluster, namespace))


@pytest.fixture
def dropped_connections() -> Iterator[None]:
    """aiokafka drops, unclosed, a connection that it is making when it ends: let no later test account for it."""
    warnings.simplefilter("ignore", pytest.PytestUnraisableExceptionWarning)
    yield
    gc.collect()


@pytest.fixture(scope="session")
def kafka() -> Iterator[Cluster]:
    """One broker for the whole session of this process; a test that stops it starts its own `kafka_cluster`."""
    with kafka_cluster() as cluster:
        yield cluster


@pytest.fixture
def kafka_url(kafka: Cluster, monkeypatch: pytest.MonkeyPatch, dropped_connections: None) -> Iterator[str]:
    """A bus on Kafka with nothing on it."""
    monkeypatch.setenv("GONGKAI_KAFKA_SESSION_SECONDS", str(SESSION_SECONDS))
    with fresh_namespace(kafka) as url:
        yield url


async def _drop(cluster: Cluster, namespace: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=cluster.url.removeprefix("kafka://"))
    await admin.start()
    try:
        topics = [topic for topic in await admin.list_topics() if topic.startswith(f"{namespace}.")]
        if topics:
            await admin.delete_topics(topics)
    finally:
        await admin.close()
