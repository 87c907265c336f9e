"""`gongkai schemas`: the published form of every topic, generated, and whether it keeps what was promised."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer

from services.cli import committed
from services.cli.exits import FAILED
from shared.asyncapi import asyncapi
from shared.schemas.compatibility import breaks
from shared.schemas.json_schema import JsonSchema, dump, json_schema
from shared.schemas.reference import reference
from shared.topics import TOPICS

Promised = Callable[[Path], JsonSchema | None]
"""What the committed file of a schema promises; None when there is none."""

app = typer.Typer(help="The schemas of the topics, generated from the models.", no_args_is_help=True)
Folder = Annotated[Path, typer.Option(help="where the schemas are committed", exists=True, file_okay=False)]
FOLDER: Final = Path("docs/schemas")
_SCHEMA: Final = re.compile(r"(gongkai\..+)\.v(\d+)\.json")
"""`gongkai.facts.v1.json`: the topic without its version, and that."""


@app.command()
def write(folder: Folder = FOLDER) -> None:
    """Write the schema of every topic, and the AsyncAPI document; refuses what breaks readers of a topic."""
    schemas = _schemas()
    _say_if_shallow(folder)
    _end_if([*_gone(schemas, committed.ever(folder)), *_broken(folder, schemas, _history)])
    documents = _documents(schemas)
    for name, text in documents.items():
        if _text(folder / name) != text:
            (folder / name).write_text(text, encoding="utf-8")
            typer.echo(f"wrote {folder / name}")
    for path in _superfluous(folder, documents):
        path.unlink()
        typer.echo(f"removed {path}")


@app.command()
def fields() -> None:
    """Print what every field of every record means: docs/fields.md."""
    typer.echo(reference(), nl=False)


@app.command()
def check(
    folder: Folder = FOLDER,
    against: Annotated[
        str | None, typer.Option(help="a commit to compare with; else the history of each schema")
    ] = None,
) -> None:
    """Whether the committed schemas are those of the models, and whether a change breaks readers of a topic."""
    schemas = _schemas()
    documents = _documents(schemas)
    if against is None:
        _say_if_shallow(folder)
    stale = [folder / name for name, text in documents.items() if _text(folder / name) != text]
    _end_if(
        [
            *(f"{path} is not what the models say; run `gongkai schemas write`" for path in stale),
            *(f"{path} is of no topic; run `gongkai schemas write`" for path in _superfluous(folder, documents)),
            *_gone(schemas, committed.names(folder, against) if against else committed.ever(folder)),
            *_broken(folder, schemas, partial(_at, against) if against else _history),
        ]
    )
    typer.echo(f"{len(schemas)} topics: their schemas are as the models say and keep what was promised")


def _schemas() -> dict[str, str]:
    return {f"{each.name}.json": dump(json_schema(each.model, each.name)) for each in TOPICS}


def _documents(schemas: Mapping[str, str]) -> dict[str, str]:
    return {**schemas, "asyncapi.json": dump(asyncapi())}


def _broken(folder: Path, schemas: Mapping[str, str], promised: Promised) -> Iterator[str]:
    for name, text in schemas.items():
        was = promised(folder / name)
        found = breaks(was, json.loads(text)) if was else []
        topic = name.removesuffix(".json")
        yield from (f"{topic}: {each}" for each in found)
        if found:
            yield f"{topic} breaks its readers: leave it as it was and publish {_next(topic)}"


def _history(path: Path) -> JsonSchema | None:
    """What the commits of `path` promise: the last that kept what those before it did; a break is no promise."""
    promised: JsonSchema | None = None
    for text in committed.versions(path):
        schema = json.loads(text)
        if promised is None or not breaks(promised, schema):
            promised = schema
    return promised


def _at(commit: str, path: Path) -> JsonSchema | None:
    text = committed.at(path, commit)
    return json.loads(text) if text else None


def _say_if_shallow(folder: Path) -> None:
    if committed.is_shallow(folder):
        typer.echo("gongkai: this clone is shallow: what was promised before its commits is not seen.", err=True)


def _gone(schemas: Mapping[str, str], names: Iterable[str]) -> Iterator[str]:
    """Topics of the schemas `names` that are no more and have no later version."""
    present = [(found[1], int(found[2])) for found in map(_SCHEMA.fullmatch, schemas) if found]
    for found in filter(None, map(_SCHEMA.fullmatch, names)):
        topic, version = found[1], int(found[2])
        if not any(each == topic and later >= version for each, later in present):
            was = f"{topic}.v{version}"
            yield f"{was} is gone and its readers have nowhere to go: keep it, or publish {_next(was)}"


def _next(topic: str) -> str:
    name, _, version = topic.rpartition(".v")
    return f"{name}.v{int(version) + 1}"


def _superfluous(folder: Path, documents: Mapping[str, str]) -> list[Path]:
    found = (path for path in sorted(folder.glob("*.json")) if _SCHEMA.fullmatch(path.name))
    return [path for path in found if path.name not in documents]


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def _end_if(wrong: list[str]) -> None:
    for each in wrong:
        typer.echo(f"gongkai: {each}.", err=True)
    if wrong:
        raise typer.Exit(FAILED)
