"""Apache Kafka on this machine's JDK, for tests and for development without Docker."""

import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

HOST: Final = "127.0.0.1"
START_SECONDS: Final = 90.0
_PAUSE_SECONDS: Final = 0.05
_HERE: Final = Path(__file__).parent
_CLUSTER_ID: Final = "Z29uZ2thaS1rYWZrYS0xMQ"
_JAVA_OPTIONS: Final = (
    "-Xmx320m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Xshare:auto",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
)
_STARTED: Final = "Kafka Server started"


class KafkaMissing(Exception):
    """The jars or a JDK are not there; the message says what to do."""


def jars() -> Path:
    """Where `make kafka` puts the jars of the version that pom.xml names."""
    version = re.search(r"<kafka\.version>(.+?)</kafka\.version>", (_HERE / "pom.xml").read_text(encoding="utf-8"))
    assert version
    return _HERE.parents[1] / "build" / f"kafka-{version[1]}"


class Broker:
    """One process, broker and controller in one, that keeps its ports and its data over restarts."""

    def __init__(self, number: int, folder: Path, host: str) -> None:
        self.number = number
        self.host = host
        self.port, self.internal_port, self.controller_port = free_ports(3)
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        return self._process is not None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def format(self, settings: Mapping[str, str], options: Sequence[str] = ()) -> None:
        """Write the settings and make the storage, empty; `options` are those of Kafka's storage tool."""
        own = {
            "node.id": str(self.number),
            "log.dirs": str(self._folder / "data"),
            "listeners": f"CLIENT://{self.host}:{self.port},INTERNAL://127.0.0.1:{self.internal_port},"
            f"CONTROLLER://127.0.0.1:{self.controller_port}",
        }
        lines = [f"{name}={value}" for name, value in {**own, **settings}.items()]
        self._settings.write_text("\n".join(lines), encoding="utf-8")
        command = self._java(
            "kafka.tools.StorageTool", "format", "-t", _CLUSTER_ID, "-c", str(self._settings), *options
        )
        done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - our own words
        if done.returncode:
            raise RuntimeError(f"Kafka's storage was not formatted:\n{done.stdout}{done.stderr}")

    def start(self, wait: bool = True) -> None:
        """Start on the same ports and data; returns when it answers, unless `wait` is given as False."""
        assert self._process is None
        with self._log.open("wb") as log:
            command = self._java("kafka.Kafka", str(self._settings))
            self._process = subprocess.Popen(command, cwd=self._folder, stdout=log, stderr=log)  # noqa: S603
        if wait:
            self.wait()

    def wait(self) -> None:
        """Return once the broker answers; RuntimeError with the end of its log when it does not."""
        assert self._process is not None
        deadline = time.monotonic() + START_SECONDS
        while _STARTED not in self._log.read_text(encoding="utf-8", errors="replace"):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"Kafka did not start:\n{self._log.read_text(encoding='utf-8')[-3000:]}")
            time.sleep(_PAUSE_SECONDS)

    def stop(self) -> None:
        """Stop as an operator would: partitions are handed over, the log is closed."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Stop as a crash would: nobody is told anything, the next start recovers from the log."""
        self._end(signal.SIGKILL)

    @contextmanager
    def hung(self) -> Iterator[None]:
        """Connections stay open, nothing answers."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    @property
    def _settings(self) -> Path:
        return self._folder / "server.properties"

    @property
    def _log(self) -> Path:
        return self._folder / "log.txt"

    def _java(self, *arguments: str) -> list[str]:
        java, setpriv = shutil.which("java"), shutil.which("setpriv")
        if java is None:
            raise KafkaMissing("There is no Java on the PATH; install a JDK, 17 or newer.")
        if not any(jars().glob("*.jar")):
            raise KafkaMissing(f"There are no jars in {jars()}; `make kafka` fetches them with Maven.")
        # However this process ends, the broker goes with it; only Linux knows how.
        guard = [setpriv, "--pdeathsig=KILL"] if setpriv else []
        return [*guard, java, *_JAVA_OPTIONS, "-cp", f"{jars()}/*", *arguments]

    def _end(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)
        self._process.wait(START_SECONDS)
        self._process = None


class Cluster:
    """Brokers on free ports of `host` with their data under one folder.

    With three brokers everything has three replicas, and two must have a message before it counts.
    """

    def __init__(
        self, folder: Path, size: int = 1, settings: Mapping[str, str] | None = None, host: str = HOST
    ) -> None:
        """`settings` are the brokers' own (`server.properties`) and win over those given here."""
        self.brokers = [Broker(number, _made(folder / str(number)), host) for number in range(1, size + 1)]
        self._settings = {**self._shared(), **(settings or {})}

    @property
    def url(self) -> str:
        """What GONGKAI_BUS takes, without a namespace."""
        return "kafka://" + ",".join(f"{broker.host}:{broker.port}" for broker in self.brokers)

    def start(self, options: Sequence[str] = ()) -> None:
        """Format the storage, with `options` of Kafka's storage tool, and start every broker."""
        for broker in self.brokers:
            broker.format(self._settings, options)
        for broker in self.brokers:
            broker.start(wait=False)
        for broker in self.brokers:
            broker.wait()

    def stop(self) -> None:
        """End every broker that runs; their data is of no further use."""
        for broker in self.brokers:
            if broker.running:
                broker.kill()

    def _shared(self) -> dict[str, str]:
        replicas = min(3, len(self.brokers))
        voters = ",".join(f"{broker.number}@127.0.0.1:{broker.controller_port}" for broker in self.brokers)
        return {
            "process.roles": "broker,controller",
            "controller.quorum.voters": voters,
            "controller.listener.names": "CONTROLLER",
            "inter.broker.listener.name": "INTERNAL",
            "listener.security.protocol.map": "CLIENT:PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "default.replication.factor": str(replicas),
            "min.insync.replicas": str(min(2, replicas)),
            "offsets.topic.replication.factor": str(replicas),
            "offsets.topic.num.partitions": "4",
            "transaction.state.log.replication.factor": str(replicas),
            "transaction.state.log.min.isr": str(min(2, replicas)),
            "transaction.state.log.num.partitions": "4",
            "transaction.abort.timed.out.transaction.cleanup.interval.ms": "500",
            "group.initial.rebalance.delay.ms": "0",
            "group.min.session.timeout.ms": "500",
            "auto.create.topics.enable": "false",
            "log.index.size.max.bytes": "65536",
            "log.segment.delete.delay.ms": "1000",
            "num.io.threads": "4",
            "num.network.threads": "2",
            "broker.heartbeat.interval.ms": "500",
            "broker.session.timeout.ms": "9000" if replicas == 1 else "4000",
            "controller.quorum.election.timeout.ms": "500",
            "controller.quorum.fetch.timeout.ms": "2000",
        }


@contextmanager
def running_kafka(
    size: int = 1, settings: Mapping[str, str] | None = None, host: str = HOST, options: Sequence[str] = ()
) -> Iterator[Cluster]:
    """A cluster for as long as the context, its data gone afterwards; raises KafkaMissing.

    `options` are those of Kafka's storage tool.
    """
    with tempfile.TemporaryDirectory(prefix="gongkai-kafka-", ignore_cleanup_errors=True) as folder:
        cluster = Cluster(Path(folder), size, settings, host)
        try:
            cluster.start(options)
            yield cluster
        finally:
            cluster.stop()


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 nobody listens on now."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


def main() -> int:
    """Run one broker, or as many as the argument says, until interrupted; prints the bus's URL."""
    try:
        with running_kafka(int(sys.argv[1]) if len(sys.argv) > 1 else 1) as cluster:
            print(cluster.url, flush=True)
            signal.sigwait({signal.SIGINT, signal.SIGTERM})
    except KafkaMissing as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    sys.exit(main())
