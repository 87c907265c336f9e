"""A real PostgreSQL: a server of its own in a temporary folder, where a database is the copy of a template."""

import functools
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from tests.servers.parts import missing

PASSWORD: Final = "gongkai"
"""Of both roles: `postgres`, which may do everything, and `gongkai`, which owns the databases and no more."""
START_SECONDS: Final = 60.0
_PAUSE_SECONDS: Final = 0.05
HOST: Final = "127.0.0.1"
_SETTINGS: Final = ("fsync=off", "full_page_writes=off", "unix_socket_directories=")
_numbers: Final = itertools.count(1)


class PostgresServer:
    """A server on a port of `host` that it keeps; it goes when this process goes, however that ends.

    Its text order is Chinese (ICU), as no other part of gongkai may rely on how a server orders text.
    """

    def __init__(self, folder: Path, binaries: Path, host: str) -> None:
        self.host = host
        self.port = _free_port()
        self._folder = folder
        self._binaries = binaries
        self._process: subprocess.Popen[bytes] | None = None

    def initialise(self) -> None:
        """Make the data folder and the role `gongkai`; the server is up afterwards."""
        password = self._folder / "password"
        password.write_text(PASSWORD)
        if os.geteuid() == 0:
            owner = _unprivileged()
            for path in (self._folder, password):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        options = ["--no-sync", "--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=zh"]
        login = ["--username=postgres", "--auth=scram-sha-256", f"--pwfile={password}"]
        command = [*_as_unprivileged(), str(self._binaries / "initdb"), *options, *login, str(self._data)]
        subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL)
        with (self._data / "pg_hba.conf").open("a", encoding="utf-8") as allowed:
            allowed.write("host all all samenet scram-sha-256\n")
        self.start()
        self.run(f"CREATE ROLE gongkai LOGIN PASSWORD '{PASSWORD}'")

    def start(self, *settings: str) -> None:
        """Start on the same port and data, with `settings` (`name=value`) besides; returns when it answers."""
        assert self._process is None
        place = (f"listen_addresses={self.host}", f"port={self.port}")
        given = [part for setting in (*_SETTINGS, *place, *settings) for part in ("-c", setting)]
        # --pdeathsig: an immediate shutdown once the tests' process is gone.
        command = [*_as_unprivileged("--pdeathsig=QUIT"), str(self._binaries / "postgres"), "-D", str(self._data)]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen([*command, *given], cwd="/", stdout=log, stderr=log)
        deadline = time.monotonic() + START_SECONDS
        ready = [str(self._binaries / "pg_isready"), "-q", "-h", self.host, "-p", str(self.port)]
        while subprocess.run(ready, check=False).returncode != 0:
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{(self._folder / 'log').read_text()[-2000:]}")
            time.sleep(_PAUSE_SECONDS)

    def stop(self) -> None:
        """Stop as an operator would: connections are told so (57P01) and closed."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """Stop as a crash would: nobody is told anything, the next start recovers from the log."""
        children = self._children
        self._end(signal.SIGKILL)
        deadline = time.monotonic() + START_SECONDS
        while any(Path(f"/proc/{child}").exists() for child in children) and time.monotonic() < deadline:
            time.sleep(_PAUSE_SECONDS)  # a server on the same data starts only once they are gone

    @contextmanager
    def hung(self) -> Iterator[None]:
        """Connections stay open and new ones are taken, but nothing answers."""
        assert self._process is not None
        numbers = [self._process.pid, *self._children]
        _send(numbers, signal.SIGSTOP)
        try:
            yield
        finally:
            _send(numbers, signal.SIGCONT)

    @property
    def running(self) -> bool:
        return self._process is not None

    def url(self, database: str) -> str:
        """What GONGKAI_DATABASE takes."""
        return f"postgresql+asyncpg://gongkai:{PASSWORD}@{self.host}:{self.port}/{database}"

    def create(self, template: str = "template0") -> str:
        """A new database, the copy of `template`, to which nobody may be connected; its name."""
        name = f"test_{next(_numbers)}"
        self.run(f'CREATE DATABASE {name} TEMPLATE "{template}" OWNER gongkai')
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def run(self, statement: str, database: str = "postgres") -> str:
        """What `statement`, run as `postgres`, answers: a line a row, columns divided by `|`."""
        return self._psql(database, "-c", statement)

    def run_file(self, script: Path, database: str, **variables: str) -> None:
        """Run a script of psql as `postgres`, as the image does that makes a database, with its variables."""
        self._psql(database, "-f", str(script), **variables)

    def dump(self, database: str) -> str:
        """The database as statements for `run_file`, for any version of the server and its role `gongkai`."""
        address = ["-h", self.host, "-p", str(self.port), "-U", "postgres"]
        what = ["--no-owner", "--no-acl", "--no-comments", "--inserts"]
        command = [str(self._binaries / "pg_dump"), *address, *what]
        environment = {**os.environ, "PGPASSWORD": PASSWORD}
        done = subprocess.run([*command, database], check=True, capture_output=True, text=True, env=environment)
        lines = [line for line in done.stdout.splitlines() if not line.startswith(("SET ", "\\", "--"))]
        return "\n".join(["SET ROLE gongkai;", *filter(None, lines), ""])

    def _psql(self, database: str, *what: str, **variables: str) -> str:
        address = ["-h", self.host, "-p", str(self.port), "-U", "postgres", "-d", database]
        command = [str(self._binaries / "psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", *address, *what]
        environment = {**os.environ, **variables, "PGPASSWORD": PASSWORD}
        done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
        if done.returncode:
            raise RuntimeError(f"{what[-1]}: {done.stderr}")
        return done.stdout.strip()

    @property
    def _children(self) -> list[int]:
        """The server's processes besides the first: one a connection, and those it works with itself."""
        assert self._process is not None
        number = self._process.pid
        return [*map(int, Path(f"/proc/{number}/task/{number}/children").read_text().split())]

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _end(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)
        self._process.wait(START_SECONDS)
        self._process = None


@contextmanager
def running_postgres(host: str = HOST) -> Iterator[PostgresServer]:
    """A server for as long as the context; the test is skipped, in CI failed, where there is no PostgreSQL."""
    binaries = _binaries()
    if binaries is None:
        missing("PostgreSQL", "no initdb in /usr/lib/postgresql/*/bin or on the PATH; install Debian's postgresql")
    folder = Path(tempfile.mkdtemp(prefix="gongkai-postgres-"))
    server = PostgresServer(folder, binaries, host)
    try:
        server.initialise()
        yield server
    finally:
        if server.running:
            server.stop()
        shutil.rmtree(folder)


def _send(numbers: Iterable[int], what: signal.Signals) -> None:
    for number in numbers:
        with suppress(ProcessLookupError):  # a connection may have ended just then
            os.kill(number, what)


def _binaries() -> Path | None:
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = installed[-1] if installed else shutil.which("initdb")
    return Path(found).resolve().parent if found else None


@functools.cache
def _unprivileged() -> pwd.struct_passwd:
    """PostgreSQL refuses to run as root."""
    names = {each.pw_name for each in pwd.getpwall()}
    return pwd.getpwnam("postgres" if "postgres" in names else "nobody")


def _as_unprivileged(*options: str) -> list[str]:
    if os.geteuid() == 0:
        user = _unprivileged()
        options = (*options, f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups")
    return ["setpriv", *options] if options else []


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port
