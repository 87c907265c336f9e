"""Consumer groups in the log: members with leases, who reads which partition, committed positions.

A member holds a lease that it renews. Whoever sees that a lease ran out, or that the member's process is gone,
removes it and shares the partitions out again. All of it is rows of the log's file, so a commit can check in
its own transaction that the partition is still the member's.
"""

import json
import time
from collections.abc import Mapping, Sequence
from typing import Final

from shared.bus.progress import Position
from shared.bus.sqlite.log import Log, Partition
from shared.processes import Process

LEASE_SECONDS: Final = 10.0


class Groups:
    """The groups in `log`, seen by the process that runs; every call within one of the log's transactions."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._process = Process.this()

    def join(self, group: str, name: str, topics: Sequence[str]) -> int:
        """Become a member and return its number; a member of the same name before it is replaced."""
        execute = self._log.connection.execute
        execute("DELETE FROM members WHERE consumer_group = ? AND name = ?", (group, name))
        cursor = execute(
            "INSERT INTO members (consumer_group, name, topics, process, expires_at) VALUES (?, ?, ?, ?, ?)",
            (group, name, json.dumps(sorted(topics)), json.dumps(self._process), _now() + LEASE_SECONDS),
        )
        assert cursor.lastrowid is not None
        self.remove_gone(group)
        return cursor.lastrowid

    def leave(self, group: str, member: int) -> None:
        """Give the member's partitions to the others."""
        self._log.connection.execute("DELETE FROM members WHERE id = ?", (member,))
        self._share_out(group)

    def renew(self, member: int) -> bool:
        """Hold the lease for another while; False when the member was removed."""
        cursor = self._log.connection.execute(
            "UPDATE members SET expires_at = ? WHERE id = ?", (_now() + LEASE_SECONDS, member)
        )
        return cursor.rowcount == 1

    def gone(self, group: str) -> list[int]:
        """The members of `group` whose lease ran out or whose process ended."""
        rows = self._log.connection.execute(
            "SELECT id, process, expires_at FROM members WHERE consumer_group = ?", (group,)
        )
        now = _now()
        return [
            member
            for member, process, expires_at in rows
            if expires_at < now or Process(*json.loads(process)).certainly_gone(self._process)
        ]

    def remove_gone(self, group: str) -> None:
        """Remove the members that are gone and share the partitions out again."""
        self._log.connection.executemany(
            "DELETE FROM members WHERE id = ?", [(each,) for each in self.gone(group)]
        )
        self._share_out(group)

    def held(self, group: str, member: int) -> list[Partition]:
        """The partitions the member reads."""
        rows = self._log.connection.execute(
            "SELECT id, topic, number FROM assignments JOIN partitions ON id = partition"
            " WHERE consumer_group = ? AND member = ? ORDER BY id",
            (group, member),
        )
        return [Partition(*row) for row in rows]

    def committed(self, group: str, partitions: Sequence[Partition]) -> dict[Partition, Position]:
        """What the group is done with, nothing before the first commit."""
        rows = self._log.connection.execute(
            "SELECT partition, committed, ahead FROM positions WHERE consumer_group = ?", (group,)
        )
        positions = {partition: Position.of(last + 1, ahead) for partition, last, ahead in rows}
        return {partition: positions.get(partition.id, Position(1)) for partition in partitions}

    def commit(self, group: str, positions: Mapping[Partition, Position]) -> None:
        """Set the group's positions."""
        self._log.connection.executemany(
            "INSERT INTO positions (consumer_group, partition, committed, ahead) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET committed = excluded.committed, ahead = excluded.ahead",
            [(group, partition.id, each.next - 1, each.text) for partition, each in positions.items()],
        )

    def _share_out(self, group: str) -> None:
        rows = self._log.connection.execute(
            "SELECT id, topics FROM members WHERE consumer_group = ? ORDER BY id", (group,)
        )
        readers: dict[str, list[int]] = {}
        for member, topics in rows:
            for topic in json.loads(topics):
                readers.setdefault(topic, []).append(member)
        self._log.connection.execute("DELETE FROM assignments WHERE consumer_group = ?", (group,))
        self._log.connection.executemany(
            "INSERT INTO assignments (consumer_group, partition, member) VALUES (?, ?, ?)",
            [
                (group, partition.id, members[rank % len(members)])
                for topic, members in readers.items()
                for rank, partition in enumerate(self._log.create(topic))
            ],
        )


def _now() -> float:
    # The machine's monotonic clock: all members are on one machine, and nobody sets it.
    return time.monotonic()
