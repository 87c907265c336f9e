"""`gongkai run`: all four services in one process."""

from services import embedded
from services.cli import progress
from services.cli.serving import Port, say_where, serve
from shared.settings import Settings


def run(port: Port = embedded.PORT) -> None:
    """All four services in one process, over the embedded bus and database."""
    settings = Settings.read()
    say_where(settings, port)
    with progress.shown():
        serve(embedded.create_app(), settings, port)
