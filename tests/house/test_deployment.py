"""docker-compose.yml and deploy/Dockerfile say what the code does, and grant no more than it needs."""

import re
from fnmatch import fnmatch
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from services.cli import serving
from services.fetcher.http.politeness import MOST_LARGE
from services.fetcher.settings import MEGABYTE, FetcherSettings
from services.pipeline import SERVICES, Service
from shared import service as shell
from shared.stage.slots import SPARE
from tests.house.deployed import (
    REPOSITORY,
    SECRETS,
    Image,
    accepted,
    compose,
    environment,
    interpolated,
    parsed,
)

COMPOSE = compose()
CONTAINERS: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: each for name, each in CONTAINERS.items() if "build" in each and "entrypoint" not in each}
ENV_EXAMPLE = (REPOSITORY / ".env.example").read_text(encoding="utf-8")
DEPLOYING = (REPOSITORY / "docs" / "deploying.md").read_text(encoding="utf-8")
DIFFERENT = {name: name for name in SECRETS}
PROCESS_MEGABYTES = 256
"""What a service takes beside its workers."""
each_service = pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
each_container = pytest.mark.parametrize("name", CONTAINERS)
each_of_ours = pytest.mark.parametrize("name", OURS)


def megabytes(container: dict[str, Any]) -> float:
    text = container["deploy"]["resources"]["limits"]["memory"]
    return float(text[:-1]) * {"M": 1, "G": 1024}[text[-1]]


@each_service
def test_each_service_has_its_image_target_command_port_and_health_check(service: Service) -> None:
    image, container = Image(service.name), CONTAINERS[service.name]
    assert image.last("EXPOSE") == str(service.port)
    assert image.words("CMD") == container["command"] == ["service", service.name]
    assert image.words("HEALTHCHECK") == container["healthcheck"]["test"][1:]
    assert f"http://127.0.0.1:{service.port}/health/ready" in image.last("HEALTHCHECK")
    assert "/health/ready" in {getattr(route, "path", "") for route in service.load().routes}


@each_of_ours
def test_every_command_is_one_of_the_command_line(name: str) -> None:
    image = Image(OURS[name]["build"]["target"])
    assert (REPOSITORY / OURS[name]["build"]["dockerfile"]).exists()
    assert image.words("ENTRYPOINT") == ["gongkai"]
    command = OURS[name]["command"]
    assert command[0] != "service" or parsed(command)["name"] == command[1]
    parsed(command)


@each_of_ours
@pytest.mark.parametrize("archive", ["", "s3://gongkai"])
def test_every_variable_is_a_setting_that_takes_its_value(name: str, archive: str) -> None:
    given = {**SECRETS, "GONGKAI_ARCHIVE": archive, "GONGKAI_CONTACT": "disclosures@example.org"}
    container = compose(given)["services"][name]
    variables = {**Image(container["build"]["target"]).environment, **environment(container, given)}
    settings = accepted(container["command"], variables)
    assert settings.host == "0.0.0.0", "a container is reached from outside of it"
    if container["command"][0] == "service":
        assert settings.bus == "kafka://kafka:9092"
        assert settings.archive_url == (archive or "file:///data/archive")


def test_only_who_writes_to_the_database_can() -> None:
    logins = {
        name: urlsplit(url).username
        for name in CONTAINERS
        if (url := environment(CONTAINERS[name]).get("GONGKAI_DATABASE"))
    }
    assert logins == {
        "fetcher": "gongkai_fetcher",
        "store": "gongkai_store",
        "migrate": "gongkai",
        "grant": "gongkai",
    }


def test_each_service_has_a_login_of_its_own_on_kafka() -> None:
    logins = {
        name: (told["GONGKAI_KAFKA_USER"], told["GONGKAI_KAFKA_PASSWORD"])
        for name in CONTAINERS
        if "GONGKAI_KAFKA_USER" in (told := environment(compose(DIFFERENT)["services"][name]))
    }
    wanted = {each.name: (f"gongkai_{each.name}", f"{each.name.upper()}_PASSWORD") for each in SERVICES}
    assert logins == wanted | {"grant": ("gongkai_admin", "KAFKA_PASSWORD")}
    kafka = compose(DIFFERENT)["services"]["kafka"]["environment"]
    for listener in ("CLIENT", "HOST"):
        users = re.findall(r'user_(\w+)="(\w+)"', kafka[f"KAFKA_LISTENER_NAME_{listener}_PLAIN_SASL_JAAS_CONFIG"])
        assert set(users) == {*logins.values(), ("gongkai_consumer", "CONSUMER_PASSWORD")}


def test_every_secret_comes_from_the_environment_and_the_example_names_all() -> None:
    text = (REPOSITORY / "docker-compose.yml").read_text(encoding="utf-8")
    for name, value in re.findall(r"^ +(\w*(?:PASSWORD|SECRET)\w*):(.*)$", text, re.M):
        assert not value.strip() or value.strip().startswith("${"), f"{name} stands in docker-compose.yml"
    assert set(re.findall(r"^#?([A-Z][A-Z0-9_]+)=", ENV_EXAMPLE, re.M)) == interpolated() | {"COMPOSE_PROFILES"}
    assert not re.findall(r"^\w*(?:PASSWORD|KEY\w*)=.+$", ENV_EXAMPLE, re.M)
    for name in (name for name in SECRETS if name.endswith("_PASSWORD")):
        with pytest.raises(AssertionError, match=name):
            compose({key: value for key, value in SECRETS.items() if key != name})


@each_container
def test_no_container_may_do_more_than_it_needs(name: str) -> None:
    container = CONTAINERS[name]
    assert container["read_only"] is True
    assert container["cap_drop"] == ["ALL"]
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert not container.keys() & {"privileged", "cap_add", "network_mode", "pid"}
    user = Image(container["build"]["target"]).last("USER") if "build" in container else container.get("user", "")
    # The image of Kafka runs as its own user, whose number it does not promise.
    assert name == "kafka" or user.partition(":")[0] not in {"", "0", "root"}
    assert all(port.startswith("127.0.0.1:") for port in container.get("ports", []))
    # A tmpfs is root's, with the mode of the folder that it hides: that of /tmp lets everybody write.
    for place in container.get("tmpfs", []):
        assert place.split(":")[0] == "/tmp" or "mode=1777" in place


@each_container
def test_every_container_is_bounded_watched_and_started_again(name: str) -> None:
    container = CONTAINERS[name]
    assert megabytes(container) > 0
    assert float(container["deploy"]["resources"]["limits"]["cpus"]) > 0
    once = {
        needed
        for each in CONTAINERS.values()
        for needed, how in each.get("depends_on", {}).items()
        if how["condition"] == "service_completed_successfully"
    }
    assert container["restart"] == ("on-failure" if name in once else "unless-stopped")
    assert ("healthcheck" in container) == (name not in once)
    for needed, how in container.get("depends_on", {}).items():
        assert needed in CONTAINERS
        assert ("profiles" in CONTAINERS[needed]) <= ("profiles" in container or not how.get("required", True))


def test_what_the_limits_ask_of_a_machine_is_told() -> None:
    always = [
        each for each in CONTAINERS.values() if "profiles" not in each and each["restart"] == "unless-stopped"
    ]
    processors = max(float(each["deploy"]["resources"]["limits"]["cpus"]) for each in CONTAINERS.values())
    assert f"{processors:.0f} processors" in DEPLOYING
    assert f"add up to {sum(map(megabytes, always)) / 1024:.0f} GiB" in DEPLOYING


def test_only_what_can_be_scaled_is_said_to_be() -> None:
    names = {service.name for service in SERVICES if "ports" not in CONTAINERS[service.name]}
    found = re.search(r"^(\w+), (\w+) and (\w+) can be scaled so", DEPLOYING, re.M)
    assert found
    assert {name.lower() for name in found.groups()} == names


def test_memory_limits_hold_what_the_settings_allow() -> None:
    for name in ("parser", "normalizer"):
        settings = accepted(CONTAINERS[name]["command"], environment(CONTAINERS[name]))
        needed = (settings.workers + SPARE) * settings.task_megabytes + PROCESS_MEGABYTES
        assert needed <= megabytes(CONTAINERS[name]), name
    fetcher = accepted(CONTAINERS["fetcher"]["command"], environment(CONTAINERS["fetcher"]))
    assert isinstance(fetcher, FetcherSettings)
    files = MOST_LARGE * 2 * fetcher.file_bytes / MEGABYTE  # as it came, and unpacked
    assert files + PROCESS_MEGABYTES <= megabytes(CONTAINERS["fetcher"])


@each_service
def test_a_service_has_the_time_to_stop(service: Service) -> None:
    grace = float(CONTAINERS[service.name]["stop_grace_period"].removesuffix("s"))
    assert grace >= serving.STOP_SECONDS + shell.STOP_SECONDS


def test_what_is_mounted_exists_and_every_volume_and_network_is_used() -> None:
    mounted = [volume.split(":") for each in CONTAINERS.values() for volume in each.get("volumes", [])]
    files = {source for source, *_ in mounted if source.startswith(".")} - {"./portals"}  # the operator's own
    for source in files:
        assert (REPOSITORY / source).exists(), source
    assert {source for source, *_ in mounted if not source.startswith(".")} == set(COMPOSE["volumes"])
    assert {name for each in CONTAINERS.values() for name in each["networks"]} == set(COMPOSE["networks"])


def test_only_the_fetcher_and_what_is_looked_at_reach_outside() -> None:
    assert COMPOSE["networks"]["backend"] == {"internal": True}
    outside = {name for name, each in CONTAINERS.items() if "outside" in each["networks"]}
    assert outside == {"fetcher", *(name for name, each in CONTAINERS.items() if "ports" in each)}
    assert all("backend" in each["networks"] for each in CONTAINERS.values())


def test_the_images_of_others_are_pinned_and_kafka_is_the_version_of_the_tests() -> None:
    images = dict(each["image"].split(":") for each in CONTAINERS.values() if "image" in each)
    pom = (REPOSITORY / "deploy" / "kafka" / "pom.xml").read_text(encoding="utf-8")
    version = re.search(r"<kafka\.version>(.+?)</kafka\.version>", pom)
    assert version
    assert images["apache/kafka"] == version[1]
    assert all(re.match(r"v?\d", tag) for tag in images.values()), images
    assert re.match(r"python:3\.\d+-", Image("gongkai").made_from)


def test_kafka_is_reached_where_it_says_that_it_is() -> None:
    told = CONTAINERS["kafka"]["environment"]
    listening, advertised = (
        {name: place for name, _, place in (each.partition("://") for each in told[variable].split(","))}
        for variable in ("KAFKA_LISTENERS", "KAFKA_ADVERTISED_LISTENERS")
    )
    protocols = dict(each.split(":") for each in told["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"].split(","))
    assert set(listening) == set(protocols) == {*advertised, told["KAFKA_CONTROLLER_LISTENER_NAMES"]}
    ports = {name: listening[name].removeprefix(":") for name in advertised}
    alone = {name for name, place in listening.items() if place.startswith("localhost:")}
    assert alone == {name for name, protocol in protocols.items() if protocol == "PLAINTEXT"}
    assert advertised.pop("INTERNAL") == listening["INTERNAL"]
    assert advertised == {"CLIENT": f"kafka:{ports['CLIENT']}", "HOST": f"localhost:{ports['HOST']}"}
    assert CONTAINERS["kafka"]["ports"] == [f"127.0.0.1:{ports['HOST']}:{ports['HOST']}"]
    for page in (DEPLOYING, (REPOSITORY / "docs" / "consuming.md").read_text(encoding="utf-8")):
        assert set(re.findall(r"localhost:\d+", page)) == {advertised["HOST"]}


def test_kafka_logs_on_the_console_alone() -> None:
    mounted = dict(volume.split(":")[:2] for volume in CONTAINERS["kafka"]["volumes"])
    (source,) = (source for source, place in mounted.items() if place == "/mnt/shared/config/log4j2.yaml")
    told = yaml.safe_load((REPOSITORY / source).read_text(encoding="utf-8"))["Configuration"]
    assert set(told["Appenders"]) == {"Console"}
    assert {each["ref"] for each in told["Loggers"]["Root"]["AppenderRef"]} == {
        told["Appenders"]["Console"]["name"]
    }
    assert "-loggc" not in CONTAINERS["kafka"]["environment"]["EXTRA_ARGS"]


def test_prometheus_scrapes_every_service_where_it_is() -> None:
    folder, _, _ = CONTAINERS["prometheus"]["volumes"][0].partition(":")
    told = yaml.safe_load((REPOSITORY / folder / "prometheus.yml").read_text(encoding="utf-8"))
    assert all((REPOSITORY / folder / name).exists() for name in told["rule_files"])
    discovered = [each for job in told["scrape_configs"] for each in job.get("dns_sd_configs", [])]
    found = {(name, each["port"]) for each in discovered for name in each["names"]}
    assert found == {(service.name, service.port) for service in SERVICES}
    assert all("backend" in CONTAINERS[name]["networks"] for name, _ in found)


def test_grafana_finds_its_dashboards_and_prometheus() -> None:
    mounted = dict(volume.split(":")[:2] for volume in CONTAINERS["grafana"]["volumes"])
    (provisioning,) = (source for source, place in mounted.items() if place == "/etc/grafana/provisioning")
    told = [
        yaml.safe_load(path.read_text(encoding="utf-8")) for path in (REPOSITORY / provisioning).glob("*/*.yml")
    ]
    paths = {each["options"]["path"] for one in told for each in one.get("providers", [])}
    assert paths == {place for source, place in mounted.items() if source.endswith("/dashboards")}
    (address,) = {each["url"] for one in told for each in one.get("datasources", [])}
    (port,) = CONTAINERS["prometheus"]["ports"]
    assert address == f"http://prometheus:{port.rpartition(':')[2]}"


def test_the_archive_of_the_example_is_the_bucket_that_is_made() -> None:
    *_, block = ENV_EXAMPLE.split("\n\n")
    example = dict(re.findall(r"^#?([A-Z][A-Z0-9_]+)=(.*)$", block, re.M))
    bucket = example["GONGKAI_ARCHIVE"].removeprefix("s3://")
    port = CONTAINERS["objects"]["environment"]["VGW_PORT"]
    assert CONTAINERS["bucket"]["entrypoint"][-1] == f"/data/{bucket}"
    assert example["AWS_ENDPOINT_URL_S3"] == f"http://objects{port}"
    assert example["COMPOSE_PROFILES"] == "s3"
    assert {"bucket", "objects"} == {name for name, each in CONTAINERS.items() if each.get("profiles") == ["s3"]}


def test_the_demo_of_the_example_is_the_sample_counties_that_are_made() -> None:
    (block,) = (each for each in ENV_EXAMPLE.split("\n\n") if "#PORTALS=" in each)
    example = dict(re.findall(r"^#([A-Z][A-Z0-9_]+)=(.*)$", block, re.M))
    assert example["COMPOSE_PROFILES"] == "demo"
    assert [name for name, each in CONTAINERS.items() if each.get("profiles") == ["demo"]] == ["samples"]
    (volume,) = CONTAINERS["samples"]["volumes"]
    assert volume.split(":")[0] == example["PORTALS"]


def test_what_the_image_copies_exists_and_is_sent_to_the_builder() -> None:
    sent = (REPOSITORY / ".dockerignore").read_text(encoding="utf-8").splitlines()
    allowed = {line.removeprefix("!") for line in sent if line.startswith("!")}
    copies = [rest.split()[:-1] for name, rest in Image("build").lines if name == "COPY"]
    copied = {source for sources in copies for source in sources}
    for source in copied:
        assert (REPOSITORY / source).exists(), source
    assert copied == allowed, "no more is sent than is copied"
    assert {"gongkai", "services", "shared"} <= copied
    assert any(fnmatch("services/cli/__pycache__", line) for line in sent)


def test_the_container_writes_where_its_user_may() -> None:
    image = Image("gongkai")
    data = PurePosixPath(image.environment["GONGKAI_DATA"])
    assert image.last("WORKDIR") == str(data)
    assert not image.last("VOLUME"), "a volume without a name is left behind by every container"
    assert re.search(rf"install -d -o gongkai -g gongkai .*{data}\b", " ".join(rest for _, rest in image.lines))
    assert image.last("USER") == "10001:10001"
