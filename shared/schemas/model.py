"""The base of every schema: immutable, a tolerant reader, text in NFC."""

import unicodedata
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, PlainSerializer, WithJsonSchema


class Model(BaseModel):
    """Immutable; unknown fields are ignored, so that a newer producer does not break an older reader."""

    model_config = ConfigDict(frozen=True, extra="ignore", ser_json_inf_nan="constants", defer_build=True)


def _clean(text: str) -> str:
    """NFC, without what no database takes: NUL and lone surrogates."""
    if text.isascii():
        return text.replace("\x00", "")
    text = unicodedata.normalize("NFC", text).replace("\x00", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "ignore").decode()
    return text


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


Text = Annotated[str, AfterValidator(_clean)]
"""Text in NFC without NUL or lone surrogates."""

Yuan = Annotated[
    Decimal,
    PlainSerializer(lambda value: f"{value:.2f}", return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d+\.\d{2}$"}, mode="serialization"),
]
"""Money in yuan; in JSON a decimal string with two places."""

Quantity = Annotated[
    Decimal,
    PlainSerializer(_plain, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}, mode="serialization"),
]
"""A number that is not money; in JSON a plain decimal string, without exponent or trailing zeros."""
