"""The rules file: which records and changes are told, on which channels, in what words."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Self

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic.fields import FieldInfo

from services.notify import patterns
from shared.errors import UsageError
from shared.schemas.changes import Change, called, readable
from shared.schemas.record_types import BY_NAME, decode, plain
from shared.topics import CHANGES, RECORDS, Topic

_CHANGE: Final = "change"
_CHANGES: Final = {"added": "新增", "removed": "删去", "changed": "改动"}
_MOST_TEXT: Final = 300
"""Characters of one event in a message."""


_SAID: Final = {
    "missing": "is missing",
    "extra_forbidden": "there is no such key",
    "tuple_type": "has to be a list, as [mail]",
    "dict_type": "has to hold keys and values",
    "model_type": "has to hold keys and values",
    "too_short": "is empty",
    "string_pattern_mismatch": "has to be a web address that begins with http:// or https://",
}
"""What is wrong, by the name pydantic has for it."""


class _UniqueKeys(yaml.SafeLoader):
    """Refuses a key that stands twice: the first would be lost in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value} stands twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def _listed(value: object) -> object:
    return (value,) if isinstance(value, str) else value


class Rule(BaseModel):
    """`of` is a record type, or change; `when` gives each field the patterns one of which it has to meet."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    of: str
    when: dict[str, Any] = Field(default_factory=dict)
    tell: Annotated[tuple[str, ...], BeforeValidator(_listed)] = Field(min_length=1)

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.of != _CHANGE and self.of not in BY_NAME:
            raise ValueError(f"of: there is no {self.of!r}; there are {', '.join(BY_NAME)}, {_CHANGE}")
        unknown = set(self.when) - set(self.fields)
        if unknown:
            raise ValueError(
                f"when: {self.of} has no {', '.join(sorted(unknown))}; it has {', '.join(sorted(self.fields))}"
            )
        for name, wanted in self.when.items():
            patterns.check(name, self.fields[name], wanted)
        return self

    @property
    def topic(self) -> Topic:
        """Where what it speaks of comes."""
        return CHANGES if self.of == _CHANGE else RECORDS[self.of]

    @property
    def fields(self) -> Mapping[str, FieldInfo]:
        """What `when` may name."""
        return (Change if self.of == _CHANGE else BY_NAME[self.of].model).model_fields

    def meets(self, value: Mapping[str, Any]) -> bool:
        """Whether the JSON of a record or change is to be told."""
        return all(patterns.meets(value.get(name), wanted) for name, wanted in self.when.items())


class Rules(BaseModel):
    """The file: channels by name, each an Apprise address; the rules; where the pages are, for links."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    channels: dict[str, str]
    rules: tuple[Rule, ...] = Field(min_length=1)
    pages: str = Field(default="", pattern=r"^(https?://\S+)?$")

    @model_validator(mode="after")
    def _check(self) -> Self:
        names = [each.name for each in self.rules]
        twice = {name for name in names if names.count(name) > 1}
        unknown = {each for rule in self.rules for each in rule.tell} - set(self.channels)
        if twice:
            raise ValueError(f"rules: several are called {', '.join(sorted(twice))}")
        if unknown:
            raise ValueError(f"tell: there is no channel {', '.join(sorted(unknown))}")
        return self

    @classmethod
    def load(cls, path: Path) -> Self:
        """The rules in a YAML file; raises UsageError, which names what is wrong."""
        try:
            return cls.model_validate(yaml.load(path.read_text(encoding="utf-8"), _UniqueKeys))  # noqa: S506 - safe
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise UsageError(f"{path} cannot be read: {error}.") from error
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"])) or "the file"
            said = _SAID.get(first["type"]) or first["msg"].removeprefix("Value error, ")
            raise UsageError(f"{path}: {place}: {said}.") from error


def text_of(rule: Rule, value: Mapping[str, Any], body: bytes, pages: str) -> str:
    """What is told of one record or change: whose it is, what it says, where it is seen."""
    whose = [value.get("region_name"), value.get("department"), value.get("fiscal_year")]
    if rule.of == _CHANGE:
        said, target = _said_of_change(value), value["record_id"]
    else:
        kind = BY_NAME[rule.of]
        amount = f" {value[kind.amount]} 元" if kind.amount and value.get(kind.amount) else ""
        said, target = called(decode(body)) + amount, value["id"]
    line = f"{' '.join(str(each) for each in whose if each)}：{said[:_MOST_TEXT]}"
    return f"{line}\n{pages.rstrip('/')}/disclosures/{value['disclosure_id']}#{target}" if pages else line


def _said_of_change(value: Mapping[str, Any]) -> str:
    kind = plain(value["record_type"])
    fields = kind.model.model_fields
    told = [
        f"{fields[name].title if name in fields else name} {readable(each['before'])} → {readable(each['after'])}"
        for each in value["fields"][:3]
        for name in [each["field"]]
    ]
    of = kind.labels.get("zh", value["record_type"])
    return f"{_CHANGES[value['change']]} {of} {value['name']}：{'；'.join(told)}"
