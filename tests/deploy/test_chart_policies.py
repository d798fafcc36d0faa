"""What every pod of a release is held to, whatever the values say."""

import re
from typing import Any

import pytest
import yaml
from support.helm_chart import CHART, VALUES_FILES, Workload, manifests, render, values_of, workloads, workloads_of

DEFAULTS = values_of("values.yaml")


def of_kind(file: str, kind: str) -> list[dict[str, Any]]:
    return [manifest for manifest in manifests(file) if manifest["kind"] == kind]


def selects(selector: dict[str, str], labels: dict[str, str]) -> bool:
    return selector.items() <= labels.items()


@pytest.fixture(params=VALUES_FILES)
def file(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=[*DEFAULTS["services"], "migration"])
def workload(file: str, request: pytest.FixtureRequest) -> Workload:
    (found,) = (one for one in workloads(file) if one.name == f"fairway-{request.param}")
    return found


@pytest.fixture(params=DEFAULTS["services"])
def service(file: str, request: pytest.FixtureRequest) -> Workload:
    (found,) = (one for one in workloads(file) if one.name == f"fairway-{request.param}")
    return found


def test_no_container_is_root_or_may_become_it(workload: Workload) -> None:
    pod, container = workload.pod["securityContext"], workload.container["securityContext"]
    assert pod["runAsNonRoot"] is True
    assert pod["runAsUser"] == pod["runAsGroup"] == 10001
    assert container["runAsNonRoot"] is True
    assert container["allowPrivilegeEscalation"] is False
    assert container["capabilities"] == {"drop": ["ALL"]}
    assert not {"hostNetwork", "hostPID", "hostIPC"} & workload.pod.keys()


def test_the_root_file_system_is_read_only_and_calls_are_filtered(workload: Workload) -> None:
    assert workload.container["securityContext"]["readOnlyRootFilesystem"] is True
    assert workload.pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}


def test_nothing_is_kept_in_a_pod(workload: Workload) -> None:
    assert all({"emptyDir", "projected"} & volume.keys() for volume in workload.pod["volumes"])
    assert all("sizeLimit" in volume["emptyDir"] for volume in workload.pod["volumes"] if "emptyDir" in volume)
    assert not [one for one in manifests("values.yaml") if one["kind"] == "PersistentVolumeClaim"]


def test_no_token_of_the_cluster_is_in_a_pod(file: str, workload: Workload) -> None:
    assert workload.pod["automountServiceAccountToken"] is False
    (account,) = (
        one for one in of_kind(file, "ServiceAccount") if one["metadata"]["name"] == workload.pod["serviceAccountName"]
    )
    assert account["automountServiceAccountToken"] is False


def test_cpu_and_memory_are_requested_and_limited(workload: Workload) -> None:
    resources = workload.container["resources"]
    assert resources["requests"].keys() == resources["limits"].keys() == {"cpu", "memory"}


def test_every_service_is_probed(service: Workload) -> None:
    ports = {port["name"] for port in service.container["ports"]}
    probes = {name: service.container[name]["httpGet"] for name in ("startupProbe", "livenessProbe", "readinessProbe")}
    assert {name: probe["path"] for name, probe in probes.items()} == {
        "startupProbe": "/healthz",  # an outage elsewhere restarts nothing
        "livenessProbe": "/healthz",
        "readinessProbe": "/readyz",
    }
    assert all(probe["port"] in ports for probe in probes.values())


def test_the_grace_period_is_longer_than_a_task_and_its_drain(service: Workload) -> None:
    shutdown_s = float(service.environment()["FAIRWAY_HTTP__SHUTDOWN_S"]["value"])
    pause_s = service.container["lifecycle"]["preStop"]["sleep"]["seconds"]
    task_s = DEFAULTS["services"][service.labels["app.kubernetes.io/component"]].get("taskSeconds", 0)
    assert shutdown_s > task_s
    # requests in hand, then handlers and jobs: each for as long as shutdown_s
    assert service.pod["terminationGracePeriodSeconds"] > pause_s + 2 * shutdown_s


def test_an_upgrade_never_has_fewer_pods(service: Workload) -> None:
    assert service.manifest["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}


def test_a_selector_finds_its_own_pods_and_no_others(file: str, service: Workload) -> None:
    selector = service.manifest["spec"]["selector"]["matchLabels"]
    assert [one.name for one in workloads(file) if selects(selector, one.labels)] == [service.name]


@pytest.mark.parametrize("kind", ["Service", "PodDisruptionBudget", "NetworkPolicy"])
def test_every_service_has_one(file: str, kind: str, service: Workload) -> None:
    def selector(manifest: dict[str, Any]) -> dict[str, str]:
        spec = manifest["spec"]
        found: dict[str, str] = (
            spec["selector"] if kind == "Service" else spec.get("podSelector", spec.get("selector"))["matchLabels"]
        )
        return found

    assert [one["metadata"]["name"] for one in of_kind(file, kind) if selects(selector(one), service.labels)] == [
        service.name
    ]


def test_pods_of_a_service_are_spread(service: Workload, file: str) -> None:
    if file == "values-laptop.yaml":
        assert "topologySpreadConstraints" not in service.pod
        return
    for constraint in service.pod["topologySpreadConstraints"]:
        assert selects(constraint["labelSelector"]["matchLabels"], service.labels)


def test_the_engine_meets_its_own_limit_before_the_kernels(file: str) -> None:
    """A process that the kernel kills says nothing; one that may not have more memory says so."""
    (worker,) = (one for one in workloads(file) if one.name == "fairway-screening-worker")
    limit = worker.container["resources"]["limits"]["memory"]
    limit_mib = float(limit[:-2]) * {"Mi": 1, "Gi": 1024}[limit[-2:]]
    engine_mib = float(worker.environment()["FAIRWAY_SCREENING__WORKER_MEMORY_MIB"]["value"])
    assert engine_mib <= limit_mib - 512


# --- secrets ----------------------------------------------------------------------------------------------------------


def test_secrets_are_files_or_references(workload: Workload) -> None:
    for name, entry in workload.environment().items():
        if re.search(r"PASSWORD|SECRET|DATABASE__URL", name):
            assert name.endswith("_FILE"), name
        if re.search(r"USERNAME|SMTP__USER|ACCESS_KEY_ID", name):
            assert "secretKeyRef" in entry["valueFrom"], name


def test_the_chart_holds_no_secret(file: str) -> None:
    assert not of_kind(file, "Secret")


def test_a_file_that_is_named_is_mounted(workload: Workload) -> None:
    mounted = {
        item["path"]
        for volume in workload.pod["volumes"]
        for source in volume.get("projected", {}).get("sources", ())
        for item in source["secret"]["items"]
    }
    named = {
        entry["value"].removeprefix("/etc/fairway/secrets/")
        for name, entry in workload.environment().items()
        if name.endswith("_FILE")
    }
    assert named == mounted


def test_who_needs_no_secret_has_none(file: str) -> None:
    (dashboard,) = (one for one in workloads(file) if one.name == "fairway-dashboard")
    assert not [volume for volume in dashboard.pod["volumes"] if "projected" in volume]
    having = [one.name for one in workloads(file) if "FAIRWAY_SPACE_TRACK__SECRET_KEY_FILE" in one.environment()]
    assert having in ([], ["fairway-spacetrack-gateway"])


# --- the network ------------------------------------------------------------------------------------------------------


def policy(file: str, name: str) -> dict[str, Any]:
    (found,) = (one for one in of_kind(file, "NetworkPolicy") if one["metadata"]["name"] == f"fairway-{name}")
    assert found["spec"]["policyTypes"] == ["Ingress", "Egress"]
    spec: dict[str, Any] = found["spec"]
    return spec


PORTS = {"database": 5432, "api": 8080, "spaceTrack": 443}


@pytest.mark.parametrize("name", DEFAULTS["services"])
def test_a_service_may_go_where_its_parts_are_and_nowhere_else(file: str, name: str) -> None:
    values = {part: DEFAULTS[part] | values_of(file).get(part, {}) for part in ("objects", "kafka", "mail")}
    ports = PORTS | {part: given["port"] for part, given in values.items()}
    present = {"database", "objects", "api", "spaceTrack"}
    present |= {"kafka"} if values["kafka"]["bootstrapServers"] else set()
    present |= {"mail"} if values["mail"]["host"] else set()
    expected = {53} | {ports[part] for part in DEFAULTS["services"][name]["connects"] if part in present}
    if values_of(file).get("tracing", {}).get("otlpEndpoint"):
        expected |= {4318}
    assert {port["port"] for rule in policy(file, name)["egress"] for port in rule["ports"]} == expected


@pytest.mark.parametrize("name", DEFAULTS["services"])
def test_only_one_port_can_be_called(file: str, name: str) -> None:
    assert [rule["ports"] for rule in policy(file, name)["ingress"]] == [[{"port": 8080, "protocol": "TCP"}]]


def test_nobody_calls_the_migration(file: str) -> None:
    assert policy(file, "migration")["ingress"] == []


def test_in_production_no_rule_is_open_to_everyone() -> None:
    for name in DEFAULTS["services"]:
        spec = policy("values-production.yaml", name)
        peers = [peer for rule in spec["ingress"] for peer in rule["from"]]
        assert {} not in [peer.get("namespaceSelector") for peer in peers], name
        assert all(peer != {"podSelector": {}} for peer in peers), name


# --- migration and scaling --------------------------------------------------------------------------------------------


def test_the_migration_comes_before_everything_and_only_what_it_needs_before_it(file: str) -> None:
    hooks = {
        (one["kind"], one["metadata"]["name"]): int(one["metadata"]["annotations"]["helm.sh/hook-weight"])
        for one in manifests(file)
        if "helm.sh/hook" in one["metadata"].get("annotations", {})
    }
    job = hooks.pop(("Job", "fairway-migration"))
    assert hooks.keys() == {("ServiceAccount", "fairway-migration"), ("NetworkPolicy", "fairway-migration")}
    assert all(weight < job for weight in hooks.values())


def test_whatever_scales_scales_a_deployment_that_leaves_its_number_alone(file: str) -> None:
    deployments = {one["metadata"]["name"]: one for one in of_kind(file, "Deployment")}
    scaled = [one["spec"]["scaleTargetRef"] for kind in SCALERS for one in of_kind(file, kind)]
    for target in scaled:
        assert target["kind"] == "Deployment"
        assert "replicas" not in deployments.pop(target["name"])["spec"]
    assert all("replicas" in one["spec"] for one in deployments.values())


SCALERS = ("ScaledObject", "HorizontalPodAutoscaler")


def test_workers_go_only_when_the_lag_has_been_gone_for_five_minutes(file: str) -> None:
    for one in of_kind(file, "ScaledObject"):
        behavior = one["spec"]["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]
        assert behavior["scaleDown"]["stabilizationWindowSeconds"] == one["spec"]["cooldownPeriod"] == 300


def test_the_broker_asks_the_scaler_for_the_same_credentials() -> None:
    (scaler,) = of_kind("values-small.yaml", "ScaledObject")
    (credentials,) = of_kind("values-small.yaml", "TriggerAuthentication")
    assert {trigger["authenticationRef"]["name"] for trigger in scaler["spec"]["triggers"]} == {
        credentials["metadata"]["name"]
    }
    assert {trigger["metadata"]["sasl"] for trigger in scaler["spec"]["triggers"]} == {"scram_sha512"}
    assert {trigger["metadata"]["tls"] for trigger in scaler["spec"]["triggers"]} == {"enable"}


def test_a_certificate_is_shown_to_the_broker_by_pods_and_by_the_scaler() -> None:
    values = values_of("values-production.yaml")
    values["kafka"] |= {
        "securityProtocol": "SSL",
        "saslMechanism": "",
        "certSecret": "fairway-kafka-user",
        "certKey": "user.crt",
        "keyKey": "user.key",
    }
    rendered = list(render(values))
    (shown,) = [one for one in rendered if one["kind"] == "TriggerAuthentication"]
    assert {each["parameter"]: (each["name"], each["key"]) for each in shown["spec"]["secretTargetRef"]} == {
        "ca": ("fairway-kafka-ca", "ca.crt"),
        "cert": ("fairway-kafka-user", "user.crt"),
        "key": ("fairway-kafka-user", "user.key"),
    }
    pods = {each.name: each for each in workloads_of(rendered)}
    for name in ("fairway-validator", "fairway-migration"):
        environment = pods[name].environment()
        sources = next(each for each in pods[name].pod["volumes"] if each["name"] == "secrets")["projected"]["sources"]
        mounted = {
            f"/etc/fairway/secrets/{item['path']}": (each["secret"]["name"], item["key"])
            for each in sources
            for item in each["secret"]["items"]
        }
        assert mounted[environment["FAIRWAY_KAFKA__CERT_FILE"]["value"]] == ("fairway-kafka-user", "user.crt")
        assert mounted[environment["FAIRWAY_KAFKA__KEY_FILE"]["value"]] == ("fairway-kafka-user", "user.key")


def test_alert_rules_are_those_of_the_project() -> None:
    rules = (CHART.parents[1] / "observability" / "prometheus-rules.yaml").read_text("utf-8")
    assert (CHART / "files" / "prometheus-rules.yaml").read_text("utf-8") == rules, "run `make generate`"
    (rule,) = of_kind("values-production.yaml", "PrometheusRule")
    assert rule["spec"] == yaml.safe_load(rules)
