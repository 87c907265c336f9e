"""The fenced blocks of README and docs, with what they say they need that a test has not."""

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Final

REPOSITORY: Final = Path(__file__).parents[2]
PAGES: Final = (
    REPOSITORY / "README.md",
    REPOSITORY / "CONTRIBUTING.md",
    *sorted((REPOSITORY / "docs").glob("*.md")),
)
FENCE: Final = "```"
_BLOCK: Final = re.compile(
    rf"^(?:[ \t]*<!-- needs: (?P<needs>[\w ]+) -->\n)?"
    rf"(?P<indent>[ \t]*){FENCE}(?P<language>\w*)\n(?P<text>.*?)^(?P=indent){FENCE}$",
    re.M | re.S,
)
_INLINE: Final = re.compile(r"`((?:gongkai|make|python|docker compose) [a-z-][^`\n]*)`")


@dataclass(frozen=True)
class Block:
    """A block of a page; `needs` is what its mark names: it is not run then, but checked."""

    page: Path
    number: int
    language: str
    text: str
    needs: str

    @property
    def name(self) -> str:
        return f"{self.page.name}-{self.number}-{self.language}"

    @property
    def lines(self) -> list[str]:
        """The commands of a shell block, without comments, those over several lines as one."""
        joined = re.sub(r"\\\n\s*", "", self.text)
        return [line for each in joined.splitlines() if (line := re.sub(r"(?:^|\s)#.*", "", each).strip())]


def every_block() -> list[Block]:
    """All blocks, page by page, those within a list too."""
    return [
        Block(page, number, found["language"], textwrap.dedent(found["text"]), found["needs"] or "")
        for page in PAGES
        for number, found in enumerate(_BLOCK.finditer(page.read_text(encoding="utf-8")), start=1)
    ]


def blocks(*languages: str) -> list[Block]:
    """The blocks in these languages, page by page."""
    return [each for each in every_block() if each.language in languages]


def inline_commands() -> list[tuple[Path, str]]:
    """Every command of gongkai, make, python and Compose that stands in a sentence."""
    return [(page, found) for page in PAGES for found in _INLINE.findall(page.read_text(encoding="utf-8"))]
