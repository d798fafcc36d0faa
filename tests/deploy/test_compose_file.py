"""docker-compose.yml as Compose reads it: what every container is held to, and how the proxy divides the paths."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fairway.composition import SERVICES, modules

ROOT = Path(__file__).parents[2]
TOOLS = Path(sys.executable).parent
FILE = ROOT / "docker-compose.yml"

ENDS = {"migrate", "demo", "objects-owner"}
"""Containers that do one thing and end: nobody asks after their health, and nothing starts them again."""
IS_ROOT = {"objects-owner"}
"""It gives a volume to its user, and has the one capability for that, and no network."""
CAPABILITIES = {"proxy": ["NET_BIND_SERVICE"], "objects-owner": ["CHOWN"]}


def compose(*arguments: str, **environment: str) -> str:
    done = subprocess.run(
        [TOOLS / "docker-compose", "--file", FILE, *arguments],
        env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


CONFIGURATION: dict[str, Any] = json.loads(compose("--profile", "demo", "config", "--format", "json"))
CONTAINERS: dict[str, dict[str, Any]] = CONFIGURATION["services"]


@pytest.fixture(params=sorted(CONTAINERS))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def container(name: str) -> dict[str, Any]:
    return CONTAINERS[name]


def test_the_file_is_one_of_compose():
    done = subprocess.run(
        [TOOLS / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", FILE], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_the_dockerfile_has_no_finding():
    for file in (ROOT / "Dockerfile", *sorted((ROOT / "tests" / "deploy" / "stand_ins").glob("*/Dockerfile"))):
        ignored = () if file.parent == ROOT else ("--ignore", "DL3006", "--ignore", "DL3008", "--ignore", "DL3002")
        done = subprocess.run([TOOLS / "hadolint", *ignored, file], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


def test_every_service_has_a_container_of_its_own():
    commands = {name: each["command"] for name, each in CONTAINERS.items() if each["image"] == "fairway:dev"}
    assert {name: ["serve", name] for name in SERVICES}.items() <= commands.items()
    assert set(commands) == {*SERVICES, "migrate", "demo"}


def test_up_starts_all_of_it_but_the_demonstration():
    started = json.loads(compose("config", "--format", "json"))["services"]
    assert {"postgres", "kafka", "s3", "mail", "prometheus", "grafana", *SERVICES} <= set(started)
    assert set(CONTAINERS) - set(started) == {"demo"}


def test_without_grafana_nothing_else_is_missing():
    beside = ROOT / "tests" / "deploy" / "without-grafana.yaml"
    started = set(compose("--file", str(beside), "config", "--services").split())
    assert set(CONTAINERS) - started == {"demo", "grafana"}


def test_nothing_is_written_to_a_root_file_system(container: dict[str, Any]):
    assert container["read_only"] is True


def test_nobody_is_root_and_nobody_becomes_it(name: str, container: dict[str, Any]):
    uid = container["user"].partition(":")[0]
    assert (uid == "0") is (name in IS_ROOT)
    assert container["cap_drop"] == ["ALL"]
    assert container.get("cap_add", []) == CAPABILITIES.get(name, [])
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in container


def test_what_runs_is_asked_for_its_health_and_started_again(name: str, container: dict[str, Any]):
    if name in ENDS:
        assert container["healthcheck"] == {"disable": True}
        assert container["restart"] == "no"
    else:
        assert container["healthcheck"]["test"][0] == "CMD"
        assert container["restart"] == "unless-stopped"


def test_memory_and_processes_are_bounded(container: dict[str, Any]):
    limits = container["deploy"]["resources"]["limits"]
    assert int(limits["memory"]) <= 2 * 1024**3
    assert limits["pids"] > 0


def test_logs_do_not_fill_the_disk(container: dict[str, Any]):
    assert set(container["logging"]["options"]) == {"max-size", "max-file"}


def test_the_services_wait_for_the_migration_and_the_parts():
    for name in SERVICES:
        wanted = {part: each["condition"] for part, each in CONTAINERS[name]["depends_on"].items()}
        assert wanted["migrate"] == "service_completed_successfully"
        assert wanted["postgres"] == wanted["kafka"] == wanted["s3"] == "service_healthy"


def test_one_address_is_published_and_the_others_are_for_this_machine():
    published = {
        (name, port["target"]): port.get("host_ip")
        for name, each in CONTAINERS.items()
        for port in each.get("ports", ())
    }
    assert set(published.values()) == {"127.0.0.1"}
    assert {name for name, _ in published} == {"proxy", "mail", "prometheus", "grafana"}
    opened = json.loads(compose("config", "--format", "json", FAIRWAY_ADDRESS="0.0.0.0"))["services"]
    assert [name for name, each in opened.items() if any(p["host_ip"] == "0.0.0.0" for p in each.get("ports", ()))] == [
        "proxy"
    ]


def test_parts_are_reached_by_the_services_alone():
    assert CONFIGURATION["networks"]["parts"]["internal"] is True
    outside = {name for name, each in CONTAINERS.items() if "outside" in (each.get("networks") or {})}
    assert outside == {"proxy", "mail", "prometheus", "grafana", "spacetrack-gateway", "notifier"}


def test_secrets_are_files(name: str, container: dict[str, Any]):
    for variable, value in container["environment"].items() if "environment" in container else ():
        if re.search(r"PASSWORD|SECRET|DATABASE__URL", variable):
            assert variable.endswith("_FILE"), f"{name}: {variable}"
            assert value.startswith("/run/secrets/")
            assert value.rpartition("/")[2] in {secret["source"] for secret in container["secrets"]}


def test_secrets_are_made_once(tmp_path: Path):
    make = ROOT / "deploy" / "compose" / "make-secrets"
    folder = tmp_path / "secrets"
    first, second = (_made(make, folder) for _ in range(2))
    assert first == second
    assert set(first) == {Path(each["file"]).name for each in CONFIGURATION["secrets"].values()}
    assert first["postgres-password"] in first["database-url"]
    assert json.loads(first["s3-identities.json"])["identities"][0]["credentials"] == [
        {"accessKey": "fairway", "secretKey": first["s3-secret-access-key"]}
    ]
    assert _made(make, tmp_path / "others")["postgres-password"] != first["postgres-password"]
    assert folder.stat().st_mode & 0o777 == 0o700


def _made(make: Path, folder: Path) -> dict[str, str]:
    subprocess.run([make, folder], check=True, capture_output=True)
    return {file.name: file.read_text() for file in folder.iterdir()}


def test_what_is_mounted_is_there(container: dict[str, Any]):
    for volume in container.get("volumes", ()):
        if volume["type"] == "bind":
            assert Path(volume["source"]).exists(), volume["source"]
            assert volume["read_only"] is True


CADDYFILE = ROOT / "deploy" / "compose" / "Caddyfile"
ROUTES = json.loads((ROOT / "deploy" / "routes.json").read_text())


def test_the_proxy_leads_each_path_to_the_service_that_has_it():
    for name in SERVICES:
        (module,) = modules([name])
        for path in (route.path for router in module.routers for route in router.routes):
            assert led_to(re.sub(r"\{[^}]+\}", "x1", path)) == name, path


def test_the_proxy_divides_paths_as_the_table_of_routes_does():
    for rule in ROUTES["rules"]:
        below = [f"{rule['path'].rstrip('/')}/x1"] if rule["match"] == "prefix" else []
        for path in (rule["path"], *below):
            expected = next(each["service"] for each in ROUTES["rules"] if _matches(each, path))
            assert led_to(path) == expected, path
    assert [led_to(path) for path in ROUTES["private"]] == ["nobody"] * len(ROUTES["private"])


def _matches(rule: dict[str, str], path: str) -> bool:
    if rule["match"] == "exact":
        return path == rule["path"]
    return path == rule["path"] or path.startswith(f"{rule['path'].rstrip('/')}/")


def led_to(path: str) -> str:
    """Return the service that the proxy asks for a path, or nobody."""
    return next(service for pattern, service in _rules(CADDYFILE.read_text()) if pattern.fullmatch(path))


def _rules(caddyfile: str) -> Iterator[tuple[re.Pattern[str], str]]:
    """Yield which paths go to which service, in the order in which Caddy looks."""
    matchers = {
        found[1]: [re.escape(path).replace(r"\*", ".*") for path in found[2].split()]
        for found in re.finditer(r"^\t@(\w+) path (.+)$", caddyfile, re.MULTILINE)
    }
    handles = re.finditer(
        r"^\thandle (?:@(\w+) )?\{\s+(?:reverse_proxy ([a-z-]+):8080|respond 404)", caddyfile, re.MULTILINE
    )
    for found in handles:
        yield re.compile("|".join(matchers[found[1]]) if found[1] else ".*"), found[2] or "nobody"
