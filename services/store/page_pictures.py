"""Pictures of the pages of published PDF files, drawn by a worker and kept for the next who asks."""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

from shared.page_pictures import page_picture
from shared.schemas.document import PageBox
from shared.stage.worker import WorkerPool

_KEPT: Final = 100
"""Pictures kept: about ten mebibytes."""

Asked = tuple[str, int, PageBox | None]
"""Key of a file in the archive, number of the page, and the place on it to mark."""


@dataclass
class PagePictures:
    """The pictures last asked for, by what was asked."""

    _kept: OrderedDict[Asked, bytes] = field(default_factory=OrderedDict)

    def kept(self, asked: Asked) -> bytes | None:
        """The picture as a PNG file, if it is kept."""
        if asked in self._kept:
            self._kept.move_to_end(asked)
        return self._kept.get(asked)

    async def drawn(self, asked: Asked, data: bytes, workers: WorkerPool) -> bytes:
        """The picture, drawn from the file's `data`; raises what `page_picture` raises, TimedOut, OutOfMemory."""
        _, number, box = asked
        self._kept[asked] = (await workers.call(page_picture, data, number, box)).data
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return self._kept[asked]
