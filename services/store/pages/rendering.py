"""Templates in Chinese or English; figures, days and addresses as they are shown."""

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from typing import Final
from urllib.parse import urlencode, urlsplit

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.store.filters import LONGEST_PART
from services.store.labels import explained, label, labels
from services.store.pages.reasons import reason_in
from services.store.rows import CHINA
from services.store.tables import Revision
from shared.schemas.model import Model

SHORT: Final = 12
"""Characters of a disclosure's id in its short address: of a million, two begin alike once in thirty times."""
LANGUAGES: Final = ("zh", "en")
_COOKIE_SECONDS: Final = 365 * 24 * 3600
_HERE: Final = Path(__file__).parent
_WAN: Final = Decimal(10_000)
_PLACES: Final = 2
_TOLD: Final = frozenset({"disclosure", "finding", "check"})
"""What there are records of whatever was read."""


def render(request: Request, template: str, status_code: int = 200, **values: object) -> HTMLResponse:
    """The page `template` in the reader's language."""
    language = language_of(request)
    other = next(each for each in LANGUAGES if each != language)
    parameters = {**request.query_params, "lang": other}
    content = (
        _environment(language)
        .get_template(template)
        .render(
            request=request,
            language=language,
            other_language=address(request.url.path, **parameters),
            **values,
        )
    )
    page = HTMLResponse(content, status_code)
    if "lang" in request.query_params:
        page.set_cookie("lang", language, max_age=_COOKIE_SECONDS, httponly=True, samesite="lax")
    return page


def language_of(request: Request) -> str:
    """`zh` unless the address, or else the reader's cookie, says `en`."""
    asked = request.query_params.get("lang") or request.cookies.get("lang")
    return asked if asked in LANGUAGES else LANGUAGES[0]


@cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE.parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "_": partial(_phrase, language),
        "label": partial(label, language),
        "labels": partial(labels, language),
        "address": address,
        "which": which,
        "SHORT": SHORT,
        "has_data": has_data,
        "titled": partial(titled, language),
        "titled_in_wan": partial(titled_in_wan, language),
        "help": partial(help_of, language),
        "lasted": partial(lasted, language),
        "reason": partial(reason_in, language),
        "LONGEST_PART": LONGEST_PART,
    }
    environment.filters |= {"wan": wan, "yuan": yuan, "day": day, "minute": minute, "web": web}
    return environment


@cache
def _english() -> Mapping[str, str]:
    read: dict[str, str] = json.loads((_HERE / "english.json").read_text(encoding="utf-8"))
    return read


def _phrase(language: str, chinese: str, **values: object) -> str:
    """A phrase of the pages, written in Chinese in the templates; `{name}` in it takes a value."""
    text = _english()[chinese] if language == "en" else chinese
    return text.format(**values) if values else text


def titled(language: str, model: type[Model], field: str) -> str:
    """What a field of a model is called; its name in English, or where the model does not know it."""
    known = model.model_fields.get(field)
    return known.title if language == "zh" and known and known.title else field


def titled_in_wan(language: str, model: type[Model], field: str) -> str:
    """What a field of a model is called where its money is shown in 万元."""
    title = titled(language, model, field)
    return title.replace("（元）", "（万元）") if language == "zh" else title


def help_of(language: str, model: type[Model], field: str) -> str:
    """What a field of a model means."""
    known = model.model_fields.get(field)
    return explained(language, (known.description if known else None) or "")


def lasted(language: str, duration: str) -> str:
    """A duration as `5 min`, its unit in the reader's language; empty where there is none."""
    number, _, unit = duration.partition(" ")
    return f"{number} {label(language, 'unit', unit)}" if unit else duration


def wan(amount: Decimal | str | None) -> str:
    """Yuan as 万元, exact, with at least two places: `1,234.56`; empty where there is no amount."""
    if amount is None:
        return ""
    text = f"{Decimal(amount) / _WAN:,f}"
    whole, _, places = text.partition(".")
    return f"{whole}.{places.rstrip('0').ljust(_PLACES, '0')}".replace("-", "\N{MINUS SIGN}")


def yuan(amount: Decimal | str | None) -> str:
    """Yuan to the cent: `12,345,600.00`."""
    return "" if amount is None else f"{Decimal(amount):,.2f}"


def day(moment: datetime | None) -> str:
    """The day in China."""
    return f"{moment.astimezone(CHINA):%Y-%m-%d}" if moment else ""


def minute(moment: datetime | None) -> str:
    """The minute in China."""
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}" if moment else ""


def web(url: str | None) -> str:
    """`url` where it is one of the web, else nothing: a published address may be a script."""
    if not url:
        return ""
    try:
        scheme = urlsplit(url).scheme
    except ValueError:
        return ""
    return url if scheme in {"http", "https"} else ""


def address(path: str, **parameters: object) -> str:
    """`path` with those parameters that have a value."""
    given = {name: str(value) for name, value in parameters.items() if value not in {None, ""}}
    return f"{path}?{urlencode(given)}" if given else path


def which(reading: Revision) -> dict[str, object]:
    """The parameters of a link that name a reading: none for the one that stands."""
    return {} if reading.standing else {"revision": reading.revision_id, "reading": reading.key}


def has_data(reading: Revision) -> bool:
    """Whether anything of what the disclosure says became records."""
    return not _TOLD.issuperset(json.loads(reading.counts))
