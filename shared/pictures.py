"""Which pictures of a web page are content, and which only dress it: file icons, spacers, codes to scan."""

import re
from collections.abc import Mapping
from typing import Final

SMALLEST: Final = 64
"""Pixels of width or height below which a picture shows no page that was scanned."""

_PICTURE: Final = re.compile(r"\.(?:png|jpe?g|gif|bmp|tiff?|webp|svg)(?:[?#].*)?$", re.IGNORECASE)
_ORNAMENT: Final = re.compile(
    r"\bicons?\b|icon_|fileTypeImages"
    r"|/(?:word|docx?|excel|xlsx?|pdf|ofd|wps|et|zip|rar|txt|pptx?)(?:16|24|32|48|[_-]?file)?\.\w{3,4}$"
    r"|/(?:spacer|blank|loading|lazy|logo|banner|print|share|close|qr_?code|qr|ewm|erweima|weixin|wechat|weibo)"
    r"[\w-]{0,4}\.\w{3,4}$",
    re.IGNORECASE,
)
_PIXELS: Final = re.compile(r"\s*(\d{1,5})\s*(?:px)?\s*")


def is_picture(address: str) -> bool:
    """Whether an address ends as that of a picture does."""
    return bool(_PICTURE.search(address))


def is_ornament(attributes: Mapping[str, str | None], link: str | None) -> bool:
    """Whether an <img> of these attributes is no content: an icon, small, or the face of a link to something else.

    `link` is the address of the link it stands in, if any; one to a picture is the same picture, larger.
    """
    if link and not link.lower().startswith(("#", "javascript:")) and not is_picture(link):
        return True
    if _ORNAMENT.search(f"/{(attributes.get('src') or '').partition('?')[0]}"):
        return True
    sizes = (_PIXELS.fullmatch(attributes.get(name) or "") for name in ("width", "height"))
    return any(int(size[1]) < SMALLEST for size in sizes if size)
