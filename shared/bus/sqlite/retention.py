"""What the log lets go of: messages past their topic's days, and of compacted topics what a later one replaced.

As on Kafka, but for one thing: what a stage has still to read is kept however old it is. All is done in slices, so
that whoever publishes waits for no more than one.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from shared.bus.progress import Position
from shared.bus.sqlite.groups import Groups
from shared.bus.sqlite.log import Log, Partition
from shared.topics import Topic, group

SLICE: Final = 500
"""Messages looked at in one transaction."""
SLICE_PAGES: Final = 512
"""Pages given back to the file system in one."""
_MICRO: Final = timedelta(microseconds=1)


def tidy(log: Log, groups: Groups, topics: Sequence[Topic]) -> bool:
    """One slice of the work, within no transaction; False when there is nothing to do for now."""
    with log.reading():
        due = [
            (topic, partition, offsets)
            for topic in topics
            if topic.retention_days is not None
            for partition in log.partitions(topic.name)
            if (offsets := _aged(log, groups, topic, partition))
        ]
    if not due:
        with log.writing():
            for topic in topics:
                for partition in log.partitions(topic.name) if topic.retention_days is not None else ():
                    log.set_right(partition)
        return log.give_back(SLICE_PAGES)
    topic, partition, offsets = due[0]
    with log.writing():
        if topic.compacted:
            log.compact(partition, offsets)
        else:
            log.remove(partition, offsets)
    return True


def _aged(log: Log, groups: Groups, topic: Topic, partition: Partition) -> list[int]:
    """The next offsets of a partition that are past the topic's days, and that every stage has read."""
    aged = log.aged(partition, timedelta(days=topic.retention_days or 0) // _MICRO, SLICE)
    for reader in topic.consumers:
        position: Position = groups.committed(group(reader), [partition])[partition]
        aged = [offset for offset in aged if offset < position.next]
    return aged
