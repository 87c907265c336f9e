"""deploy/kubernetes says what the code does, and grants no more than it needs."""

import re
import shutil
import subprocess
from collections import defaultdict
from ipaddress import ip_address, ip_network
from itertools import product
from typing import Any

import pytest
import yaml

from services.cli import serving
from services.fetcher.portal_files import load_portals
from services.pipeline import SERVICES, Service
from shared import metrics
from shared import service as shell
from shared.stage.slots import SPARE
from shared.topics import TOPICS
from tests.house.deployed import KUBERNETES, REPOSITORY, Image, accepted, manifests, parsed
from tests.house.test_deployment import PROCESS_MEGABYTES

OBJECTS = [*manifests("base"), *manifests("autoscaling")]
SCRAPES = REPOSITORY / "deploy" / "prometheus" / "kubernetes.yml"
SECRETS = {
    "gongkai-database": {"GONGKAI_DATABASE": "postgresql+asyncpg://gongkai:secret@postgres:5432/gongkai"},
    "gongkai-kafka": {"GONGKAI_KAFKA_USER": "gongkai", "GONGKAI_KAFKA_PASSWORD": "secret"},
    "gongkai-archive": {"AWS_ACCESS_KEY_ID": "gongkai", "AWS_SECRET_ACCESS_KEY": "secret"},
}
"""What docs/deploying.md has the operator make."""
PRIVATE = ("10.1.2.3", "172.20.0.1", "192.168.1.1", "100.64.0.1", "127.0.0.1", "169.254.169.254", "0.0.0.1")
PRIVATE_6 = (
    "::1",
    "fc00::1",
    "fd12::1",
    "fe80::1",
    "fec0::1",
    "64:ff9b:1::a00:1",
    "::10.0.0.1",
    "::ffff:0:10.0.0.1",
)
each_service = pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)


def of(kind: str) -> dict[str, dict[str, Any]]:
    return {each["metadata"]["name"]: each for each in OBJECTS if each["kind"] == kind}


def kustomization(folder: str) -> dict[str, Any]:
    told: dict[str, Any] = yaml.safe_load((KUBERNETES / folder / "kustomization.yaml").read_text(encoding="utf-8"))
    return told


def literals(folder: str) -> dict[str, dict[str, str]]:
    """ConfigMap → its variables, those of the base with what `folder` puts over them."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for each in (*kustomization("base")["configMapGenerator"], *kustomization(folder)["configMapGenerator"]):
        found[each["name"]] |= dict(literal.split("=", 1) for literal in each.get("literals", []))
    return found


PODS = {name: each["spec"]["template"] for kind in ("StatefulSet", "Job") for name, each in of(kind).items()}
each_pod = pytest.mark.parametrize("name", PODS)


def container(name: str) -> dict[str, Any]:
    (only,) = PODS[name]["spec"]["containers"]
    assert isinstance(only, dict)
    return only


def variables(name: str, folder: str) -> dict[str, str]:
    """What a pod's container has: the image's own, the ConfigMaps' and the secrets', then its own."""
    told = container(name)
    found = Image(told["image"].removeprefix("gongkai-")).environment
    logs_in = "GONGKAI_KAFKA_MECHANISM" in literals(folder)["gongkai"]
    own = {"GONGKAI_KAFKA_USER": "own", "GONGKAI_KAFKA_PASSWORD": "own"} if logs_in else {}
    secrets = {**SECRETS, "gongkai-kafka": SECRETS["gongkai-kafka"] if logs_in else {}, name: own}
    for source in told["envFrom"]:
        where, named = (literals(folder), "configMapRef") if "configMapRef" in source else (secrets, "secretRef")
        found |= where[source[named]["name"]]
    for each in told.get("env", []):
        found[each["name"]] = each.get("value", f"{name}-0")
    return found


def megabytes(quantity: str) -> int:
    return int(quantity[:-2]) * {"Mi": 1, "Gi": 1024}[quantity[-2:]]


def test_every_file_is_listed_and_every_listed_file_exists() -> None:
    for folder in ("base", "autoscaling"):
        files = {path.name for path in (KUBERNETES / folder).glob("*.yaml")} - {"kustomization.yaml"}
        assert set(kustomization(folder)["resources"]) == files
    example = kustomization("example")
    portals = [path for each in example["configMapGenerator"] for path in each.get("files", [])]
    for path in [*example["resources"], *example["components"], *portals]:
        assert (KUBERNETES / "example" / path).exists(), path


@each_service
def test_each_service_has_its_image_command_port_and_probes(service: Service) -> None:
    name = f"gongkai-{service.name}"
    told = container(name)
    assert told["image"] == name
    assert told["args"] == Image(service.name).words("CMD")
    assert parsed(told["args"])["name"] == service.name
    assert told["ports"] == [{"name": "http", "containerPort": service.port}]
    assert of("Service")[name]["spec"]["ports"][0] == {"name": "http", "port": service.port, "targetPort": "http"}
    served = {getattr(route, "path", "") for route in service.load().routes}
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert told[probe]["httpGet"]["port"] == "http"
        assert told[probe]["httpGet"]["path"] in served
    # The store's pages are served while the bus is away.
    ready = "/health/live" if service.name == "store" else "/health/ready"
    assert told["readinessProbe"]["httpGet"]["path"] == ready
    assert told["readinessProbe"]["timeoutSeconds"] > shell.CHECK_SECONDS
    assert PODS[name]["spec"]["terminationGracePeriodSeconds"] >= serving.STOP_SECONDS + shell.STOP_SECONDS


def test_there_is_nothing_beside_the_services_but_the_migrations() -> None:
    assert set(PODS) == {*(f"gongkai-{service.name}" for service in SERVICES), "gongkai-migrate"}
    assert container("gongkai-migrate")["image"] == "gongkai"
    parsed(container("gongkai-migrate")["args"])


@each_service
def test_prometheus_finds_each_service_as_a_job_of_its_name(service: Service) -> None:
    pod = PODS[f"gongkai-{service.name}"]
    (job,) = yaml.safe_load(SCRAPES.read_text(encoding="utf-8"))["scrape_configs"]
    (found,) = job["kubernetes_sd_configs"]
    assert found == {"role": "pod", "namespaces": {"names": [kustomization("base")["namespace"]]}}
    labels = {
        f"__meta_kubernetes_pod_label_{re.sub(r'[^a-zA-Z0-9]', '_', name)}": value
        for name, value in pod["metadata"]["labels"].items()
    }
    labels |= {
        "__meta_kubernetes_pod_name": f"gongkai-{service.name}-0",
        "__meta_kubernetes_pod_container_port_name": pod["spec"]["containers"][0]["ports"][0]["name"],
    }
    for rule in job["relabel_configs"]:
        value = ";".join(labels[name] for name in rule["source_labels"])
        if rule.get("action") == "keep":
            assert re.fullmatch(rule["regex"], value)
        else:
            labels[rule["target_label"]] = value
    assert (labels["job"], labels["instance"]) == (service.name, f"gongkai-{service.name}-0")
    assert job.get("metrics_path", "/metrics") in {getattr(route, "path", "") for route in service.load().routes}
    assert "annotations" not in pod["metadata"], "whoever scrapes by annotations would count everything twice"


def test_the_migrations_are_not_scraped() -> None:
    assert "ports" not in container("gongkai-migrate")


def test_a_node_is_emptied_although_a_pod_does_not_work() -> None:
    budgets = of("PodDisruptionBudget")
    assert set(budgets) == {f"gongkai-{service.name}" for service in SERVICES}
    assert {each["spec"]["unhealthyPodEvictionPolicy"] for each in budgets.values()} == {"AlwaysAllow"}


@each_pod
@pytest.mark.parametrize("folder", ["base", "example"])
def test_every_variable_is_a_setting_that_takes_its_value(name: str, folder: str) -> None:
    configuration = literals(folder)["gongkai"]
    settings = accepted(container(name)["args"], variables(name, folder))
    if name != "gongkai-migrate":
        assert settings.bus == configuration["GONGKAI_BUS"]
        assert settings.archive_url == configuration["GONGKAI_ARCHIVE"]
        assert settings.instance == f"{name}-0", "a restarted pod is known by its name"


@each_pod
def test_no_pod_may_do_more_than_it_needs(name: str) -> None:
    pod, own = PODS[name]["spec"], container(name)["securityContext"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    user = Image("gongkai").last("USER")
    assert f"{pod['securityContext']['runAsUser']}:{pod['securityContext']['runAsGroup']}" == user
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert own["readOnlyRootFilesystem"] is True
    assert own["allowPrivilegeEscalation"] is False
    assert own["capabilities"] == {"drop": ["ALL"]}
    mounted = {each["name"]: each["mountPath"] for each in container(name)["volumeMounts"]}
    assert mounted["tmp"] == "/tmp"
    assert set(mounted) == {each["name"] for each in pod["volumes"]}


def test_only_who_writes_to_the_database_can() -> None:
    having = {
        name
        for name in PODS
        for source in container(name)["envFrom"]
        if source.get("secretRef", {}).get("name") == "gongkai-database"
    }
    assert having == {"gongkai-fetcher", "gongkai-store", "gongkai-migrate"}


@each_service
def test_memory_limits_hold_what_the_settings_allow(service: Service) -> None:
    name = f"gongkai-{service.name}"
    settings = accepted(container(name)["args"], variables(name, "base"))
    limit = megabytes(container(name)["resources"]["limits"]["memory"])
    workers = (
        (settings.workers + SPARE) * settings.task_megabytes if service.name in {"parser", "normalizer"} else 0
    )
    assert workers + PROCESS_MEGABYTES <= limit
    assert megabytes(container(name)["resources"]["requests"]["memory"]) <= limit


@each_service
def test_services_and_budgets_select_the_pods(service: Service) -> None:
    name = f"gongkai-{service.name}"
    labels = PODS[name]["metadata"]["labels"]
    assert of("Service")[name]["spec"]["selector"] == labels
    assert of("PodDisruptionBudget")[name]["spec"]["selector"]["matchLabels"] == labels
    assert of("StatefulSet")[name]["spec"]["selector"]["matchLabels"] == labels
    assert of("StatefulSet")[name]["spec"]["serviceName"] == name


def test_scaling_asks_for_a_lag_that_is_told_and_never_for_more_than_there_are_partitions() -> None:
    for name, scaler in of("HorizontalPodAutoscaler").items():
        told = scaler["spec"]
        assert told["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": name}
        external = told["metrics"][0]["external"]["metric"]
        (family,) = metrics.CONSUMER_LAG.describe()
        assert external["name"] == family.name
        stage = external["selector"]["matchLabels"]["stage"]
        assert name == f"gongkai-{stage}"
        read = [topic for topic in TOPICS if stage in topic.consumers]
        assert told["minReplicas"] <= told["maxReplicas"] <= min(topic.partitions for topic in read)


def test_only_the_fetcher_reaches_the_internet_and_no_private_address_there() -> None:
    blocks = []
    for policy in of("NetworkPolicy").values():
        for rule in policy["spec"].get("egress", []):
            found = [each["ipBlock"] for each in rule["to"] if "ipBlock" in each]
            selected = policy["spec"]["podSelector"].get("matchLabels", {})
            assert not found or selected == PODS["gongkai-fetcher"]["metadata"]["labels"]
            blocks += found
    assert blocks
    for block, text in product(blocks, (*PRIVATE, *PRIVATE_6)):
        address, network = ip_address(text), ip_network(block["cidr"])
        excepted = any(address in ip_network(each) for each in block["except"])
        assert address not in network or excepted, f"{text} is reached"


def test_everything_else_is_refused() -> None:
    policy = of("NetworkPolicy")["gongkai-nothing-else"]["spec"]
    assert policy == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    for other in of("NetworkPolicy").values():
        selected = other["spec"]["podSelector"].get("matchLabels", {})
        assert any(selected.items() <= pod["metadata"]["labels"].items() for pod in PODS.values())


def test_the_portal_files_of_the_example_are_right_and_mounted_where_they_are_looked_for() -> None:
    assert load_portals(KUBERNETES / "example" / "portals")
    mounted = {each["name"]: each["mountPath"] for each in container("gongkai-fetcher")["volumeMounts"]}
    assert mounted["portals"] == variables("gongkai-fetcher", "base")["GONGKAI_PORTALS"]
    (named,) = (
        each["configMap"]["name"] for each in PODS["gongkai-fetcher"]["spec"]["volumes"] if "configMap" in each
    )
    assert named in literals("example")


def test_kustomize_makes_of_the_example_what_it_says() -> None:
    if shutil.which("kubectl") is None:
        pytest.skip("kubectl is missing: what kustomize makes of the files is not seen; the files themselves were")
    made = subprocess.run(
        ["kubectl", "kustomize", str(KUBERNETES / "example")], capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr
    objects = list(yaml.safe_load_all(made.stdout))
    sets = {each["metadata"]["name"]: each for each in objects if each["kind"] == "StatefulSet"}
    example = kustomization("example")
    images = {each["name"]: f"{each['newName']}:{each['newTag']}" for each in example["images"]}
    assert {name: each["spec"]["template"]["spec"]["containers"][0]["image"] for name, each in sets.items()} == {
        name: images[name] for name in sets
    }
    assert sets["gongkai-fetcher"]["spec"]["replicas"] == 3
    assert "replicas" not in sets["gongkai-parser"]["spec"], "whoever scales owns the number"
    configuration = [
        each["data"] for each in objects if each["kind"] == "ConfigMap" and "GONGKAI_BUS" in each["data"]
    ]
    assert configuration == [literals("example")["gongkai"]]
