"""The settings every service shares; read once, at start, from `GONGKAI_…` variables."""

import re
from pathlib import Path
from typing import Final, Literal, Self

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.errors import SettingsInvalid

_LOGIN: Final = re.compile(r"([\w+]+://|//|^|(?<=['\s]))[^\s@/]*:\S*@")
_SECRET: Final = re.compile(r"(?i)((?:password|passwd|secret|token|key)[^=&\s]*=)[^&\s]+")


def masked(value: object) -> str:
    """A setting's value as it may be printed: without login and without what is called a password or a key."""
    return _SECRET.sub(r"\1***", _LOGIN.sub(r"\1***@", str(value)))


class Environment(BaseSettings):
    """Settings from variables of one prefix."""

    model_config = SettingsConfigDict(env_prefix="GONGKAI_", frozen=True, extra="ignore")

    @classmethod
    def read(cls, **overrides: object) -> Self:
        """The settings from the environment, `overrides` first; raises SettingsInvalid with one sentence."""
        try:
            return cls(**overrides)  # type: ignore[arg-type]  # pydantic validates what the caller gives
        except ValidationError as error:
            first = error.errors()[0]
            prefix = cls.model_config.get("env_prefix", "")
            name = prefix + "_".join(str(part) for part in first["loc"]).upper()
            raise SettingsInvalid(f"{name} is wrong: {first['msg']} (got {masked(first['input'])!r}).") from error


class Settings(Environment):
    """Where gongkai keeps and moves its data, and the limits of a stage.

    The three URLs choose between embedded (SQLite and folders under `data`) and distributed running.
    """

    data: Path = Field(
        default=Path("gongkai-data"), description="folder of the embedded bus, database and archive"
    )
    bus: str = Field(default="", description="URL of the bus; empty: the SQLite log under `data`")
    database: str = Field(default="", description="URL of the database; empty: SQLite under `data`")
    archive: str = Field(default="", description="URL of the archive; empty: a folder under `data`")
    instance: str = Field(
        default="",
        pattern=r"^[A-Za-z0-9._-]*$",
        description="name of this instance among those of its service, the same after a restart; empty: a new one",
    )
    host: str = Field(default="127.0.0.1", description="address the HTTP servers listen on")
    token: SecretStr = Field(
        default=SecretStr(""),
        description="token of who may ask a service to do something, as to poll a portal; empty: nobody may",
    )
    log_format: str = Field(
        default="auto",
        pattern="^(auto|json|terminal)$",
        description="auto: terminal on a terminal, else json",
    )
    log_level: str = Field(
        default="info", pattern="^(debug|info|warning|error)$", description="least level logged"
    )
    traces: str = Field(
        default="",
        pattern=r"^(https?://([^\s/\[\]]+|\[[0-9A-Fa-f:.]+\])(/\S*)?)?$",
        description="OTLP/HTTP address that traces are sent to, as `http://collector:4318/v1/traces`; empty: none",
    )
    workers: int = Field(default=1, ge=1, description="worker processes of a stage")
    task_seconds: float = Field(
        default=120, gt=0, description="processor time one message may take in a worker, seconds"
    )
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


class KafkaSettings(Environment):
    """How the bus logs in to Kafka and uses it; read when a bus on Kafka is opened."""

    model_config = SettingsConfigDict(env_prefix="GONGKAI_KAFKA_")

    tls: bool = Field(default=False, description="whether the brokers are spoken to with TLS")
    ca: str = Field(
        default="", description="PEM file of who may sign the brokers' certificates; empty: the system's"
    )
    certificate: str = Field(default="", description="PEM file of our own certificate; empty: none")
    key: str = Field(default="", description="PEM file of its key; empty: in the certificate's file")
    mechanism: Literal["", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        default="", description="SASL mechanism: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512; empty: no login"
    )
    user: str = Field(default="", description="SASL user")
    password: SecretStr = Field(default=SecretStr(""), description="SASL password")
    replicas: int = Field(
        default=0,
        ge=0,
        description="replicas of a topic made by gongkai; 0: three, or as many as there are brokers",
    )
    session_seconds: float = Field(
        default=10,
        ge=1,
        description="silence after which a member of a group is taken for dead and its work goes to the others, "
        "seconds",
    )
