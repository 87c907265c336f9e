"""Many rows into one table; how is the dialect's choice (benchmarks/store_writes.py has the figures)."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ARRAY, Insert, TableClause, func, insert, literal, select
from sqlmodel.ext.asyncio.session import AsyncSession

from shared.database import on_sqlite

Rows = Sequence[Mapping[str, object]]


async def insert_rows(session: AsyncSession, table: TableClause, rows: Rows) -> None:
    """Insert `rows`, all with the same columns, in their order."""
    connection = await session.connection()
    if on_sqlite(session):
        # Plain values for the driver: a compiled insert looks at each of them again.
        names, places = ", ".join(rows[0]), ", ".join("?" * len(rows[0]))
        statement = f"INSERT INTO {table.name} ({names}) VALUES ({places})"  # noqa: S608 - all of it is ours
        await connection.exec_driver_sql(statement, [tuple(row.values()) for row in rows])
    else:
        await connection.execute(unnested(table, rows))


def unnested(table: TableClause, rows: Rows) -> Insert:
    """One statement for all rows, an array a column: `INSERT … SELECT … FROM unnest(…)`."""
    names = list(rows[0])
    arrays = [literal([row[name] for row in rows], ARRAY(table.c[name].type)) for name in names]
    columns = func.unnest(*arrays).table_valued(*names).render_derived(name="given")
    return insert(table).from_select(names, select(*(columns.c[name] for name in names)))
