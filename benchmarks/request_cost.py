"""What a request costs: `python -m benchmarks.request_cost [--portals 200] [--articles 16] [--at-once 40]`.

Polls generated portals on loopback, politeness off, and prints milliseconds of processor a request, workers
included: gongkai's first poll of each portal and one when nothing has changed, Scrapy with robots.txt and a look
at title and text, and a bare httpx loop that reads nothing. Each runs in a process of its own, in one run, its
start not counted; Scrapy is left out where it is not installed.
"""

import argparse
import asyncio
import importlib.util
import logging
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import structlog

from benchmarks.generated_portals import Portals, served
from services.fetcher.app import open_means
from services.fetcher.fleet.members import joined
from services.fetcher.fleet.tasks import together
from services.fetcher.http.politeness import Pace
from services.fetcher.http.revalidation import PollContext
from services.fetcher.poll import poll
from services.fetcher.portal import Portal
from services.fetcher.settings import FetcherSettings
from shared.archive.connect import open_archive
from shared.clock import SystemClock
from shared.processes import processor_seconds


def portal(portals: Portals, number: int, **changes: object) -> Portal:
    """A portal of the generated ones as a portal file would have it, without politeness."""
    content: dict[str, object] = {
        "name": f"portal-{number}",
        "region_code": "990101",
        "region_name": "示例省样本市示例县",
        "family": "trs_wcm",
        "base_url": portals.base_url(number),
        "lists": [{"url": "/czyjs/"}],
        "allow_private": [portals.host(number)],
        "pace_seconds": 0,
    }
    return Portal.model_validate(content | changes, strict=False)


def spent() -> float:
    """Seconds of processor of this process and the workers it has now."""
    return processor_seconds(os.getpid())


async def each(numbers: range, at_once: int, work: Callable[[int], Awaitable[object]]) -> None:
    """`work` on every number, `at_once` at a time."""
    waiting = iter(numbers)

    async def run() -> None:
        for number in waiting:
            await work(number)

    await asyncio.gather(*(run() for _ in range(at_once)))


def told(name: str, began: tuple[float, float], requests: int) -> None:
    """Print a figure: what was spent since `began`."""
    cost, seconds = spent() - began[0], time.perf_counter() - began[1]
    print(f"{name:24}{cost / requests * 1000:8.2f} ms a request{requests:8} requests{seconds:8.1f} s", flush=True)


async def run_gongkai(portals: Portals, at_once: int) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with TemporaryDirectory() as folder:
        settings = FetcherSettings(data=Path(folder))
        async with (
            open_means(settings, open_archive(settings.archive_url), SystemClock()) as reading,
            joined(reading.seen, "benchmark") as member,
        ):
            means, done = replace(reading, seen=member.seen, pace=Pace(member.check, at_once)), asyncio.Event()
            await together(_sweeps(portals, at_once, means, done), member.keep(done))


async def _sweeps(portals: Portals, at_once: int, means: PollContext, done: asyncio.Event) -> None:
    await asyncio.gather(*(poll(portal(portals, portals.count + number), means) for number in range(4)))
    for expected in ("ok", "unchanged"):
        began, outcomes = (spent(), time.perf_counter()), Counter[str]()

        async def one(number: int, outcomes: Counter[str] = outcomes) -> None:
            outcomes[(await poll(portal(portals, number), means)).outcome] += 1

        await each(range(portals.count), at_once, one)
        robots = expected == "ok"  # they are kept for the second
        told(f"gongkai, {expected}", began, portals.count * (portals.articles + 1 + robots))
        assert outcomes == {expected: portals.count}, outcomes
    done.set()


async def run_httpx(portals: Portals, at_once: int) -> None:
    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=at_once), timeout=60) as http:

        async def one(number: int) -> None:
            for path in addresses(portals):
                (await http.get(portals.base_url(number) + path)).raise_for_status()

        await one(portals.count)
        began = spent(), time.perf_counter()
        await each(range(portals.count), at_once, one)
        told("httpx, nothing read", began, portals.count * (portals.articles + 2))


def addresses(portals: Portals) -> list[str]:
    articles = [f"/czyjs/202402/t20240205_{number}.html" for number in range(portals.articles)]
    return ["/robots.txt", "/czyjs/", *articles]


def run_scrapy(portals: Portals, at_once: int) -> None:
    import scrapy
    from scrapy.crawler import CrawlerProcess

    class Spider(scrapy.Spider):  # type: ignore[misc]
        name = "benchmark"
        began: tuple[float, float]

        async def start(self) -> Any:
            Spider.began = spent(), time.perf_counter()
            for number in range(portals.count):
                yield scrapy.Request(portals.base_url(number) + "/czyjs/")

        def parse(self, response: Any) -> Any:
            for row in response.css("ul.list li a"):
                yield response.follow(row, callback=self.article)

        def article(self, response: Any) -> Any:
            yield {"title": response.css("h1::text").get(), "text": response.css(".TRS_Editor ::text").getall()}

        def closed(self, _reason: str) -> None:
            told("Scrapy", Spider.began, portals.count * (portals.articles + 2))

    process = CrawlerProcess(
        {
            "LOG_ENABLED": False,
            "ROBOTSTXT_OBEY": True,
            "CONCURRENT_REQUESTS": at_once,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 2,
            "DOWNLOAD_DELAY": 0,
            "TELNETCONSOLE_ENABLED": False,
        }
    )
    process.crawl(Spider)
    process.start()


def main() -> None:
    """Serve the portals and run each of the three against them; `--run` is one of them, in its own process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--portals", type=int, default=200)
    parser.add_argument("--articles", type=int, default=16)
    parser.add_argument("--at-once", type=int, default=40)
    parser.add_argument("--run", choices=["gongkai", "scrapy", "httpx"])
    parser.add_argument("--port", type=int)
    asked = parser.parse_args()
    if asked.run:
        portals = Portals(asked.port, asked.portals, asked.articles)
        if asked.run == "scrapy":
            run_scrapy(portals, asked.at_once)
        else:
            runs = {"gongkai": run_gongkai, "httpx": run_httpx}
            asyncio.run(runs[asked.run](portals, asked.at_once))
        return
    names = ["httpx", "gongkai", "scrapy"]
    if importlib.util.find_spec("scrapy") is None:
        print("Scrapy is not installed (pip install gongkai[benchmarks]) and is left out.")
        names.remove("scrapy")
    with served(asked.portals, asked.articles) as portals:
        for name in names:
            numbers = f"--port {portals.port} --portals {portals.count} --articles {portals.articles}"
            command = f"-m benchmarks.request_cost --run {name} --at-once {asked.at_once} {numbers}"
            subprocess.run([sys.executable, *command.split()], check=True)  # noqa: S603 - all of it is ours


if __name__ == "__main__":
    main()
