"""Who works on what: one fetcher at a time holds a portal, or the outbox; all others' writes are refused.

Each call is a step of a transaction that writes. The row stays locked to its end: 1. this fetcher sees that it
holds a portal; 2. another one takes the portal over; 3. the first one commits what it found. Step 2 waits for 3.
"""

from collections.abc import Collection
from typing import Final

from sqlalchemy import text, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.fetcher.state.tables import HoldState, MemberState
from shared.errors import TakenOver

OUTBOX: Final = "*outbox"
"""Not the name of any portal."""


async def take(session: AsyncSession, names: Collection[str], member: int) -> tuple[str, dict[str, TakenOver]]:
    """Hold `names`, but for those that another member that lives holds; the member's own name, and the refused."""
    me = await session.get(MemberState, member)
    if me is None:
        dead = "The other fetchers took this one for dead; it starts again."
        return "", {name: TakenOver(dead) for name in names}
    make = text("INSERT INTO fetcher_hold (name) VALUES (:name) ON CONFLICT DO NOTHING")
    await (await session.connection()).execute(make, [{"name": name} for name in sorted(names)])
    query = select(HoldState).where(col(HoldState.name).in_(names)).order_by(col(HoldState.name))
    holds = (await session.exec(query.with_for_update())).all()  # in one order: no deadlock
    # Who lives is asked once the rows are locked: what one query joins to rows it had to wait for is from before.
    holders = col(MemberState.number).in_({hold.holder for hold in holds if hold.holder is not None})
    living = dict((await session.exec(select(MemberState.number, MemberState.name).where(holders))).all())
    refused = {
        hold.name: TakenOver(f"The fetcher {living[hold.holder]} is at work on {hold.name}.")
        for hold in holds
        if hold.holder != member and hold.holder in living
    }
    free = [name for name in names if name not in refused]
    await session.exec(update(HoldState).where(col(HoldState.name).in_(free)).values(holder=member))
    return me.name, refused


async def held(session: AsyncSession, names: Collection[str], member: int) -> set[str]:
    """Those of `names` that the member holds, which stays so to the end of the transaction."""
    query = select(HoldState.name).where(col(HoldState.name).in_(names), HoldState.holder == member)
    return set(await session.exec(query.order_by(col(HoldState.name)).with_for_update()))


async def let_go(session: AsyncSession, names: Collection[str], member: int) -> None:
    """Give `names` to whoever takes them next; changes nothing where another member holds them."""
    mine = update(HoldState).where(col(HoldState.name).in_(names), col(HoldState.holder) == member)
    await session.exec(mine.values(holder=None))
