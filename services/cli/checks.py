"""`gongkai checks`: the rules, what each holds to and when it may speak, as Markdown."""

import typer

from services.normalizer.checks.page import page


def checks() -> None:
    """Print docs/checks.md, made from the registry of rules: `gongkai checks > docs/checks.md`."""
    typer.echo(page(), nl=False)
