"""Selects of columns and sums, which sqlmodel's own `exec` has no types for."""

from collections.abc import Sequence
from typing import TypeVarTuple

from sqlalchemy import Row, Select
from sqlmodel.ext.asyncio.session import AsyncSession

Columns = TypeVarTuple("Columns")


async def fetch(session: AsyncSession, statement: Select[*Columns]) -> Sequence[Row[*Columns]]:
    """The rows of `statement`, in the session's transaction."""
    connection = await session.connection()
    rows: Sequence[Row[*Columns]] = (await connection.execute(statement)).all()
    return rows
