"""The fetcher's settings: which portals, how politely, and the bounds of what it takes from them."""

from pathlib import Path

from pydantic import Field

from shared.settings import Settings

MEGABYTE = 1024 * 1024


class FetcherSettings(Settings):
    """Beside the shared settings: portals, politeness, limits of a request, when to look again."""

    portals: Path = Field(default=Path("portals"), description="folder of portal files, one YAML file a portal")
    contact: str = Field(
        default="", description="mail or web address for the portals' operators, told in the User-Agent"
    )
    polls_at_once: int = Field(default=200, ge=1, description="portals polled at the same time, each at its pace")
    requests_at_once: int = Field(
        default=64, ge=1, description="requests under way at the same time, to all hosts"
    )
    recheck_requests: int = Field(
        default=80,
        ge=1,
        description="requests of a poll for disclosures that are known, those longest unseen first",
    )
    backfill_requests: int = Field(
        default=300, ge=1, description="requests of a poll for disclosures of former years, after all others"
    )
    connect_seconds: float = Field(default=10, gt=0, description="limit of one connection attempt, seconds")
    read_seconds: float = Field(default=30, gt=0, description="longest silence within an answer, seconds")
    request_seconds: float = Field(default=300, gt=0, description="limit of one request with its body, seconds")
    page_megabytes: float = Field(default=16, gt=0, description="largest page taken, MiB after decompression")
    file_megabytes: float = Field(default=100, gt=0, description="largest file taken, MiB after decompression")
    redirects: int = Field(default=5, ge=0, description="redirects followed, each checked like the first address")
    retries: int = Field(default=2, ge=0, description="further tries of a request that failed in passing")
    retry_seconds: float = Field(default=2, ge=0, description="wait before the first further try, seconds")
    crawl_delay_seconds: float = Field(default=30, ge=0, description="longest Crawl-delay obeyed, seconds")
    robots_hours: float = Field(
        default=24, ge=0, description="hours after which a host's robots.txt is read again"
    )
    open_days: float = Field(
        default=30,
        ge=0,
        description="days after its last change in which a disclosure is looked at after each tenth of that time",
    )
    full_fetch_days: float = Field(
        default=7, ge=0, description="days after which a 304 is not believed and older disclosures are looked at"
    )
    item_attempts: int = Field(default=5, ge=1, description="polls that try a failing item before it rests")
    challenge_hours: float = Field(default=6, ge=0, description="pause after a script challenge or a 403, hours")
    outbox_seconds: float = Field(default=1, gt=0, description="pause between looks at the outbox, seconds")

    @property
    def page_bytes(self) -> int:
        return int(self.page_megabytes * MEGABYTE)

    @property
    def file_bytes(self) -> int:
        return int(self.file_megabytes * MEGABYTE)
