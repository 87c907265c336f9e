"""Every kind of page, in both languages, on desktop and phone, light and dark, has valid HTML and bars nobody."""

from pathlib import Path
from typing import Literal

import httpx
import pytest
from playwright.sync_api import Browser, ViewportSize

from tests.browser.pages import KINDS
from tests.servers.browser import invalid, violations

pytestmark = pytest.mark.xdist_group("browser")
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 375, "height": 800}
SHOWN: tuple[tuple[str, ViewportSize, Literal["light", "dark"]], ...] = (
    ("zh", DESKTOP, "light"),
    ("zh", PHONE, "dark"),
    ("en", PHONE, "light"),
)


SEEN = [kind for kind in KINDS if kind != "disclosure"]  # as large as may be: its parts are in the others


@pytest.mark.parametrize("kind", SEEN)
def test_a_page_is_accessible(chromium: Browser, store: str, kind: str) -> None:
    wrong = []
    with chromium.new_context(viewport=DESKTOP) as context:
        page = context.new_page()
        for language, size, scheme in SHOWN:
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=scheme)
            page.goto(f"{store}{KINDS[kind]}{'&' if '?' in KINDS[kind] else '?'}lang={language}")
            where = f"{language}, {size['width']} px, {scheme}"
            wrong += [f"{where}: {each}" for each in violations(page)]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wrong.append(f"{where}: the page is wider than the window")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_wide_part_is_scrolled_by_keys(chromium: Browser, store: str, size: ViewportSize) -> None:
    with chromium.new_context(viewport=size) as context:
        page = context.new_page()
        for kind in ("disclosure-all", "disclosure-government", "source-cell"):
            page.goto(store + KINDS[kind])
            page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
            unreached = "each => each.matches('[tabindex]') || each.querySelector('a, button, input, select')"
            parts = page.locator(".scroll").all()
            assert parts, kind
            assert all(part.evaluate(unreached) for part in parts), kind


def test_every_page_is_valid_html(store: str, tmp_path: Path) -> None:
    for kind, path in KINDS.items():
        for language in ("zh", "en"):
            answer = httpx.get(
                f"{store}{path}",
                params={**httpx.QueryParams(path.partition("?")[2]), "lang": language},
                timeout=60,
            )
            (tmp_path / f"{kind}.{language}.html").write_text(answer.text, encoding="utf-8")
    wrong = invalid(tmp_path)
    assert not wrong, "\n".join(wrong)
