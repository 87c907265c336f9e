"""Pages are read in worker processes, under limits of time and memory; what passes them is a named failure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, ParamSpec, TypeVar

from services.fetcher.portal import Family
from services.fetcher.sites import read_list
from services.fetcher.sites.article import Article, read_article
from services.fetcher.sites.contract import Listing, Page, Row
from shared.errors import GongkaiError, OutOfMemory, StageFailed, TimedOut, TransientError
from shared.stage.worker import WorkerPool
from shared.stage.worker_process import Limits

LIMITS: Final = Limits(seconds=20, megabytes=512)

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Reader:
    """Reads lists and articles in the workers of `pool`, or here where there is none.

    Raises what reading raises (Drifted, TooLarge), and TimedOut, OutOfMemory and StageFailed: nothing that a page
    contains can raise anything else.
    """

    pool: WorkerPool | None = None

    async def listing(self, page: Page, family: Family) -> Listing:
        """What a list page says."""
        return await self._call(page.url, read_list, page, family)

    async def article(
        self, source: str, url: str, row: Row, selectors: tuple[str, ...], now: datetime, charset: str
    ) -> Article:
        """What the page of `row` says."""
        return await self._call(url, read_article, source, url, row, selectors, now, charset)

    async def _call(self, url: str, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        assert not kwargs
        try:
            if self.pool is not None:
                return await self.pool.call(function, *args, **kwargs)
            return function(*args, **kwargs)
        except TransientError as error:
            raise TimedOut(f"{url} was not read in time: {error}") from error
        except (TimedOut, OutOfMemory) as error:
            raise type(error)(f"{url} takes too much to read: {error}") from error
        except GongkaiError:
            raise
        except Exception as error:
            raise StageFailed(f"{url} could not be read: {type(error).__name__}: {error}.") from error
