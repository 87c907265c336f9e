"""Models ↔ messages: JSON values, headers after CloudEvents' Kafka binding (binary mode)."""

from collections.abc import Mapping
from typing import Final, TypeVar

from pydantic import ValidationError

from shared.bus.contract import Message, Received
from shared.errors import Undecodable
from shared.schemas.events import Event
from shared.schemas.model import Model
from shared.topics import Topic

SOURCE: Final = "gongkai/"
M = TypeVar("M", bound=Model)


def encode(topic: Topic, key: str, model: Model, cause: Event | Mapping[str, str]) -> Message:
    """The message that carries `model` on `topic`.

    `cause` is the event it comes from (its id, time) or ready headers; equal input gives equal bytes.
    """
    headers = _headers(topic, model, cause) if isinstance(cause, Event) else dict(cause)
    return Message(topic.name, key, model.model_dump_json().encode(), headers)


def tombstone(topic: Topic, key: str, cause: Event) -> Message:
    """The message that tells that `key` is gone from `topic` since `cause`."""
    return Message(topic.name, key, None, _event_headers(topic, key, cause))


def _headers(topic: Topic, model: Model, cause: Event) -> dict[str, str]:
    return _event_headers(topic, str(getattr(model, "id", None) or cause.id), cause)


def _event_headers(topic: Topic, own_id: str, cause: Event) -> dict[str, str]:
    return {
        "ce_specversion": "1.0",
        "ce_id": own_id,
        "ce_type": topic.name,
        "ce_source": SOURCE + topic.producer,
        "ce_time": cause.fetched_at.isoformat(),
        "ce_subject": cause.disclosure_id,
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
