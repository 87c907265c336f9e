"""What a stage is: its name, what it reads, and a function from one event to the messages it causes."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from shared.bus.contract import Message
from shared.schemas.events import Event
from shared.topics import StageName, Topic

E = TypeVar("E", bound=Event)


@dataclass(frozen=True)
class Stage(Generic[E]):
    """A stage of the path.

    `run` gets a decoded, valid event of `consumes` and returns what it causes; it may raise TransientError
    (the runner tries again), PermanentError (a dead letter) or anything else (a dead letter with cause
    `stage_failed`). CPU work goes through the worker pool. It is called again with the same event after a crash
    and must then cause the same.
    """

    name: StageName
    consumes: Topic
    run: Callable[[E], Awaitable[Sequence[Message]]]
