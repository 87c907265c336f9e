"""Models ↔ messages: JSON values, headers after CloudEvents' Kafka binding (binary mode)."""

from collections.abc import Mapping
from typing import Final, TypeVar

from pydantic import ValidationError

from shared import ids
from shared.bus.contract import Message, Received
from shared.errors import Undecodable
from shared.schemas.events import Event
from shared.schemas.model import Model
from shared.topics import Topic
from shared.version import VERSION

SOURCE: Final = "gongkai/"
M = TypeVar("M", bound=Model)


def encode(topic: Topic, key: str, model: Model, cause: Event | Mapping[str, str]) -> Message:
    """The message that carries `model` on `topic`.

    `cause` is the event it comes from (its id, time) or ready headers; equal input gives equal bytes.
    """
    value = model.model_dump_json().encode()
    if isinstance(cause, Event):
        own_id = str(getattr(model, "id", None) or cause.id)
        return Message(topic.name, key, value, _event_headers(topic, own_id, cause, value))
    return Message(topic.name, key, value, {**cause, "ce_dataschema": topic.schema})


def encoded(topic: Topic, key: str, value: bytes, cause: Event) -> Message:
    """The message that carries what is JSON already, of the record whose id is `key`."""
    return Message(topic.name, key, value, _event_headers(topic, key, cause, value))


def tombstone(topic: Topic, key: str, cause: Event) -> Message:
    """The message that tells that `key` is gone from `topic` since `cause`."""
    return Message(topic.name, key, None, _event_headers(topic, key, cause, b""))


def _event_headers(topic: Topic, own_id: str, cause: Event, value: bytes) -> dict[str, str]:
    # An id alone would come again with other data: a record keeps its id over revisions, and a portal that goes
    # back to what it published before gives the revision's id again.
    reading = (cause.revision_id, cause.revision, cause.fetched_at.isoformat(), VERSION)
    return {
        "ce_specversion": "1.0",
        "ce_id": ids.message_id(own_id, value, *reading),
        "ce_type": topic.name,
        "ce_source": SOURCE + topic.producer,
        "ce_time": cause.fetched_at.isoformat(),
        "ce_subject": cause.disclosure_id,
        "ce_dataschema": topic.schema,
        "content-type": "application/json",
    }


def decode(model: type[M], received: Received) -> M:
    """The model in `received`; raises Undecodable when it is not one."""
    try:
        return model.model_validate_json(received.value or b"")
    except ValidationError as error:
        raise Undecodable(
            f"Message {received.offset} of {received.topic} is not a {model.__name__}: {error.errors()[0]['msg']}."
        ) from error
