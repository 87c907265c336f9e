"""The settings every service shares; read once, at start, from `GONGKAI_…` variables."""

from pathlib import Path
from typing import Self

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.errors import SettingsInvalid


class Settings(BaseSettings):
    """Where gongkai keeps and moves its data, and the limits of a stage.

    The three URLs choose between embedded (SQLite and folders under `data`) and distributed running.
    """

    model_config = SettingsConfigDict(env_prefix="GONGKAI_", frozen=True, extra="ignore")

    data: Path = Field(
        default=Path("gongkai-data"), description="folder of the embedded bus, database and archive"
    )
    bus: str = Field(default="", description="URL of the bus; empty: the SQLite log under `data`")
    database: str = Field(default="", description="URL of the database; empty: SQLite under `data`")
    archive: str = Field(default="", description="URL of the archive; empty: a folder under `data`")
    host: str = Field(default="127.0.0.1", description="address the HTTP servers listen on")
    log_format: str = Field(
        default="auto",
        pattern="^(auto|json|terminal)$",
        description="auto: terminal on a terminal, else json",
    )
    log_level: str = Field(
        default="info", pattern="^(debug|info|warning|error)$", description="least level logged"
    )
    workers: int = Field(default=1, ge=1, description="worker processes of a stage")
    task_seconds: float = Field(default=120, gt=0, description="time limit of one message in a worker, seconds")
    task_megabytes: int = Field(default=1024, gt=0, description="memory limit of a worker process, MiB")

    @property
    def bus_url(self) -> str:
        return self.bus or f"sqlite:///{self.data.absolute() / 'bus.db'}"

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite+aiosqlite:///{self.data.absolute() / 'gongkai.db'}"

    @property
    def archive_url(self) -> str:
        return self.archive or (self.data.absolute() / "archive").as_uri()

    @classmethod
    def read(cls, **overrides: object) -> Self:
        """The settings from the environment, `overrides` first; raises SettingsInvalid with one sentence."""
        try:
            return cls(**overrides)  # type: ignore[arg-type]  # pydantic validates what the caller gives
        except ValidationError as error:
            first = error.errors()[0]
            name = "GONGKAI_" + "_".join(str(part) for part in first["loc"]).upper()
            raise SettingsInvalid(f"{name} is wrong: {first['msg']} (got {first['input']!r}).") from error
