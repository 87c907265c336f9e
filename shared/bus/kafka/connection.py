"""How the cluster is reached: the URL, TLS and SASL, and the names this installation uses on it."""

import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Self

from aiokafka.errors import ConsumerStoppedError, IllegalOperation, KafkaError

from shared.errors import BusUnavailable, SettingsInvalid
from shared.settings import KafkaSettings, masked

REQUEST_SECONDS: Final = 10.0
"""How long one answer of a broker may take."""
METADATA_MILLISECONDS: Final = 15_000
"""After which a client asks anew what topics there are and who leads them; a broker just back may not know all."""
_HOST: Final = r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):\d{1,5}"
_URL: Final = re.compile(
    rf"kafka://(?P<servers>{_HOST}(?:,{_HOST})*)(?:/(?P<namespace>[A-Za-z0-9._-]{{1,80}}))?/?"
)


@dataclass(frozen=True)
class Connection:
    """A cluster and how to log in to it; `namespace` keeps installations that share a cluster apart."""

    servers: tuple[str, ...]
    namespace: str
    settings: KafkaSettings

    @classmethod
    def parse(cls, url: str, settings: KafkaSettings) -> Self:
        """From `kafka://host:port[,host:port][/namespace]`; raises SettingsInvalid."""
        found = _URL.fullmatch(url)
        if not found:
            raise SettingsInvalid(
                f"The bus {masked(url)!r} is not kafka://host:port[,host:port][/namespace] with a namespace of "
                "letters, digits, dot, dash and underscore (GONGKAI_BUS)."
            )
        return cls(tuple(found["servers"].split(",")), found["namespace"] or "", settings)

    def options(self, request_seconds: float = REQUEST_SECONDS) -> dict[str, Any]:
        """What every client of aiokafka takes; raises SettingsInvalid for a file or login that cannot be used."""
        settings = self.settings
        if bool(settings.mechanism) != bool(settings.user):
            raise SettingsInvalid("GONGKAI_KAFKA_MECHANISM and GONGKAI_KAFKA_USER go together; give both or none.")
        protocol = ("SASL_" if settings.mechanism else "") + ("SSL" if settings.tls else "PLAINTEXT")
        options: dict[str, Any] = {
            "bootstrap_servers": list(self.servers),
            "client_id": "gongkai",
            "request_timeout_ms": round(request_seconds * 1000),
            "security_protocol": protocol,
        }
        if settings.tls:
            options["ssl_context"] = self._ssl_context
        if settings.mechanism:
            options["sasl_mechanism"] = settings.mechanism
            options["sasl_plain_username"] = settings.user
            options["sasl_plain_password"] = settings.password.get_secret_value()
        return options

    def name(self, name: str) -> str:
        """A topic, group or transactional id as the cluster knows it."""
        return f"{self.namespace}.{name}" if self.namespace else name

    def plain(self, name: str) -> str:
        """The inverse of `name`."""
        return name.removeprefix(f"{self.namespace}.") if self.namespace else name

    def __str__(self) -> str:
        return ",".join(self.servers)

    @cached_property
    def _ssl_context(self) -> ssl.SSLContext:
        settings = self.settings
        try:
            context = ssl.create_default_context(cafile=settings.ca or None)
            if settings.certificate:
                context.load_cert_chain(settings.certificate, settings.key or None)
        except (OSError, ssl.SSLError) as error:
            raise SettingsInvalid(
                f"The TLS files of Kafka cannot be used ({error}); give PEM files "
                "(GONGKAI_KAFKA_CA, GONGKAI_KAFKA_CERTIFICATE, GONGKAI_KAFKA_KEY)."
            ) from error
        return context


@contextmanager
def unavailable(what: str) -> Iterator[None]:
    """Whatever Kafka or the way to it does not do within is BusUnavailable: `Kafka did not <what>: …`."""
    try:
        yield
    # aiokafka asserts that there is a broker to ask, and forbids going on after its sender has ended.
    except (KafkaError, ConsumerStoppedError, IllegalOperation, AssertionError, OSError) as error:
        reason = "it took too long" if isinstance(error, TimeoutError) else str(error) or type(error).__name__
        raise BusUnavailable(f"Kafka did not {what}: {reason}.") from error
