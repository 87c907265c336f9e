"""Who works on what: one fetcher at a time holds a portal, or the outbox; all others' writes are refused.

Each call is a step of a transaction that writes. The row stays locked to its end: 1. this fetcher sees that it
holds a portal; 2. another one takes the portal over; 3. the first one commits what it found. Step 2 waits for 3.
"""

from typing import Final

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from services.fetcher.state.tables import HoldState, MemberState
from shared.errors import TakenOver

OUTBOX: Final = "*outbox"
"""Not the name of any portal."""


async def take(session: AsyncSession, name: str, member: int) -> str:
    """Hold `name` and return the member's own name; raises TakenOver while another member that lives holds it."""
    me = await session.get(MemberState, member)
    if me is None:
        raise TakenOver("The other fetchers took this one for dead; it starts again.")
    make = text("INSERT INTO fetcher_hold (name) VALUES (:name) ON CONFLICT DO NOTHING")
    await (await session.connection()).execute(make, {"name": name})
    hold = await session.get_one(HoldState, name, with_for_update=True)
    if hold.holder is not None and hold.holder != member:
        other = await session.get(MemberState, hold.holder)
        if other is not None:
            raise TakenOver(f"The fetcher {other.name} is at work on {name}.")
    hold.holder = member
    session.add(hold)
    return me.name


async def held(session: AsyncSession, name: str, member: int) -> bool:
    """Whether the member holds `name`, which stays so to the end of the transaction."""
    hold = await session.get(HoldState, name, with_for_update=True)
    return hold is not None and hold.holder == member


async def check(session: AsyncSession, name: str, member: int) -> None:
    """Raise TakenOver unless the member holds `name`."""
    if not await held(session, name, member):
        raise TakenOver(f"Another fetcher has taken over {name}; what this one found of it is not kept.")


async def let_go(session: AsyncSession, name: str, member: int) -> None:
    """Give `name` to whoever takes it next; changes nothing when another member holds it."""
    if await held(session, name, member):
        hold = await session.get_one(HoldState, name)
        hold.holder = None
        session.add(hold)
