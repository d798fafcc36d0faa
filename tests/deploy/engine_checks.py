"""The image and docker-compose.yml on a real container engine: ``make test-deploy``.

Not part of ``make check``: it builds the image, starts every service in containers, does the main job, kills services
and parts, and writes what it saw to docs/operations/deploy-tests.md. The order of the checks is that of their lines.
"""

import os
import re
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from support.compose_deployment import Deployment, until
from support.container_engine import Engine, container_engine
from support.stand_in_images import PYTHON_IMAGE, certificates_of_the_build, provide_image

from fairway.composition import SERVICES
from local_parts.ports import free_ports

ROOT = Path(__file__).parents[2]
IMAGE = "fairway:test-deploy"
REPORT = ROOT / "docs" / "operations" / "deploy-tests.md"
HARDENED = ("--read-only", "--tmpfs=/tmp:size=512m", "--cap-drop=ALL", "--security-opt=no-new-privileges")
LARGEST_IMAGE_MB = 800
FIRST_KERNELS_S = 3.0
"""All kernels are read from the image in that time, on a machine that has nothing else to do."""
WITHOUT_GRAFANA = ROOT / "tests" / "deploy" / "without-grafana.yaml"
COMPILERS = "gcc g++ cc c++ clang ld as make cmake rustc go javac pip pip3 pip3.11 uv"

Figures = dict[str, str]


@pytest.fixture(scope="session")
def figures(request: pytest.FixtureRequest) -> Iterator[Figures]:
    """What is measured on the way; it becomes the report when everything has been checked, and nothing was wrong."""
    seen: Figures = {}
    yield seen
    if "stopped with" in seen and request.session.testsfailed == 0:
        rows = "".join(f"| {what} | {value} |\n" for what, value in seen.items())
        REPORT.write_text(REPORT_TEXT.format(when=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", rows=rows))


@pytest.fixture(scope="session")
def engine(figures: Figures) -> Iterator[Engine]:
    folder = Path(os.environ.get("FAIRWAY_TEST_ENGINE_FOLDER", ROOT / "build" / "container-engine"))
    with container_engine(folder) as found:
        figures["engine"] = f"Docker {found.run('version', '--format', '{{.Server.Version}}').strip()}"
        figures["machine"] = f"{os.cpu_count()} cores; load {os.getloadavg()[0]:.0f} at the start"
        figures["commit"] = _commit()
        yield found


def _commit() -> str:
    said = [
        subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
        for arguments in (("rev-parse", "--short", "HEAD"), ("status", "--porcelain", "--untracked-files=no"))
    ]
    return f"{said[0] or 'not known'}{', with changes' if said[1] else ''}"


@pytest.fixture(scope="session")
def image(engine: Engine, figures: Figures) -> str:
    figures["base image"] = f"{PYTHON_IMAGE}: {provide_image(engine, PYTHON_IMAGE)}"
    begun = time.monotonic()
    given = {name: os.environ[name] for name in ("PIP_INDEX_URL", "UV_INDEX_URL") if os.environ.get(name)}
    indexes = [f"--build-arg={name}={value}" for name, value in given.items()]
    engine.run("build", "--tag", IMAGE, *certificates_of_the_build(), *indexes, ROOT, timeout_s=3600.0)
    figures["build"] = f"{time.monotonic() - begun:.0f} s (layers that had not changed were there)"
    return IMAGE


# --- the image -------------------------------------------------------------------------------------------------------


def test_the_image_is_no_larger_than_is_said(engine: Engine, image: str, figures: Figures):
    size_mb = engine.inspect(image)["Size"] / 1e6
    figures["size of the image"] = f"{size_mb:.0f} MB unpacked"
    assert size_mb < LARGEST_IMAGE_MB


def test_it_runs_as_nobody_with_a_health_check_and_says_what_it_is(engine: Engine, image: str):
    configuration = engine.inspect(image)["Config"]
    assert configuration["User"] == "10001:0"
    assert configuration["Entrypoint"] == ["fairway"]
    assert configuration["Healthcheck"]["Test"] == ["CMD", "python", "-m", "fairway.probe"]
    assert configuration["Labels"]["org.opencontainers.image.licenses"] == "Apache-2.0"
    assert not [each for each in configuration["Env"] if re.search("INDEX_URL|PASSWORD|SECRET", each)]


def test_it_has_no_compiler_and_no_installer(engine: Engine, image: str):
    script = f"for each in {COMPILERS}; do command -v $each; done; true"
    assert engine.run("run", "--rm", "--entrypoint=sh", image, "-c", script).split() == []


@pytest.mark.parametrize("user", ["10001:0", "23456:0"], ids=["its-own-user", "a-platform's-user"])
def test_kernels_are_there_for_any_user_of_a_root_that_is_only_read(
    engine: Engine, image: str, figures: Figures, user: str
):
    run = ("run", "--rm", *HARDENED, f"--user={user}", "--entrypoint=sh", image, "-c", "python -m fairway.kernels 2>&1")
    said = min((engine.run(*run) for _ in range(3)), key=_kernel_seconds)
    assert "was compiled" not in said
    seconds = _kernel_seconds(said)
    figures[f"all kernels ready, user {user}"] = f"{seconds:.1f} s"
    assert seconds <= FIRST_KERNELS_S * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def _kernel_seconds(said: str) -> float:
    found = re.search(r"kernels ready after ([\d.]+) s", said)
    assert found, said
    return float(found[1])


def test_the_simulator_is_in_it(engine: Engine, image: str):
    said = engine.run("run", "--rm", *HARDENED, "--entrypoint=python", image, "-m", "spacetrack_simulator", "--help")
    assert "Space-Track" in said


def test_one_container_with_a_volume_is_a_whole_service(engine: Engine, image: str):
    name = f"fairway-alone-{os.getpid()}"
    engine.run("run", "--detach", "--name", name, *HARDENED, "--volume", "/var/lib/fairway", image, *UP)
    try:
        until(lambda: engine.inspect(name)["State"]["Health"]["Status"] == "healthy", 300.0, "a healthy container")
        assert "administrator's token" in engine.run("logs", name) + _errors_of(engine, name)
        engine.run("stop", "--time=60", name)
        assert engine.inspect(name)["State"]["ExitCode"] == 0
    finally:
        engine.run("rm", "--force", "--volumes", name)


UP = ("up", "--data=.", "--host=0.0.0.0")


def _errors_of(engine: Engine, name: str) -> str:
    done = subprocess.run(
        [engine.docker, "logs", name], env={**os.environ, **engine.environment}, capture_output=True, check=True
    )
    return done.stderr.decode()


# --- docker-compose.yml ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def deployment(
    engine: Engine, image: str, figures: Figures, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployment]:
    secrets = tmp_path_factory.mktemp("deployment") / "secrets"
    subprocess.run([ROOT / "deploy" / "compose" / "make-secrets", secrets], check=True)
    address, mail, prometheus, grafana = free_ports(4)
    environment = {
        "COMPOSE_FILE": str(ROOT / "docker-compose.yml"),
        "COMPOSE_PROJECT_NAME": "fairway-test-deploy",
        "COMPOSE_PROFILES": "",
        "FAIRWAY_IMAGE": image,
        "FAIRWAY_SECRETS": str(secrets),
        "FAIRWAY_PORT": str(address),
        "FAIRWAY_MAIL_PORT": str(mail),
        "PROMETHEUS_PORT": str(prometheus),
        "GRAFANA_PORT": str(grafana),
        "FAIRWAY_PUBLIC_URL": f"http://127.0.0.1:{address}",
    }
    urls = (f"http://127.0.0.1:{port}" for port in (address, mail, prometheus))
    running = Deployment(engine, secrets, environment, *urls)
    provided = _images_of_the_parts(running, image)
    figures["images of the parts"] = ", ".join(f"{name}: {whence}" for name, whence in provided.items())
    running.compose("down", "--volumes", "--remove-orphans", "--timeout=5")
    begun = time.monotonic()
    try:
        running.compose("up", "--detach", "--wait", "--no-build")
        figures["`docker compose up --wait`, until all are healthy"] = f"{time.monotonic() - begun:.0f} s"
        yield running
    finally:
        running.compose("down", "--volumes", "--remove-orphans", "--timeout=20")


def _images_of_the_parts(running: Deployment, image: str) -> Figures:
    """See to it that every image is there; the one that may be missing, and is left out then, is Grafana's."""
    provided: Figures = {}
    for name in sorted({*running.compose("config", "--images").split()} - {image}):
        try:
            provided[name] = provide_image(running.engine, name)
        except LookupError:
            if not name.startswith("grafana/"):
                raise
            provided[name] = "cannot be had: not started"
            running.environment["COMPOSE_FILE"] += f"{os.pathsep}{WITHOUT_GRAFANA}"
    return provided


def test_everything_is_started_and_healthy(deployment: Deployment, figures: Figures):
    named = set(deployment.compose("config", "--services").split())
    containers = deployment.containers()
    assert set(containers.values()) == named
    assert {"prometheus", *KEPT_ON} <= named
    for name, service in containers.items():
        state = deployment.engine.inspect(name)["State"]
        if service in ENDS:
            assert (state["Status"], state["ExitCode"]) == ("exited", 0), name
        else:
            assert state["Health"]["Status"] == "healthy", name
    figures["containers"] = f"{len(containers)}, for {len(named)} services"


ENDS = ("migrate", "objects-owner")


def test_every_container_is_held_to_what_the_file_says(deployment: Deployment):
    for name, service in deployment.containers().items():
        seen = deployment.engine.inspect(name)
        assert seen["HostConfig"]["ReadonlyRootfs"], name
        assert seen["HostConfig"]["CapDrop"] == ["ALL"], name
        assert seen["HostConfig"]["Memory"] > 0, name
        assert seen["Config"]["User"].partition(":")[0] != "0" or service == "objects-owner", name


def test_one_address_leads_to_each_service_and_nothing_inside_is_shown(deployment: Deployment):
    answers = {path: httpx.get(f"{deployment.url}{path}", timeout=30.0).status_code for path in PATHS}
    assert answers == PATHS


PATHS = {
    "/sign-in": 200,
    "/v1/me": 401,
    "/v1/submissions": 401,
    "/v1/submissions/unknown": 405,  # the gateway has it, and nothing to be read there
    "/v1/space-track/accounts": 401,
    "/problems": 200,
    "/healthz": 404,
    "/readyz": 404,
    "/metrics": 404,
}


def test_the_main_job_is_done(deployment: Deployment, figures: Figures):
    begun = time.monotonic()
    said = deployment.demo_compose()
    what = "`make demo-compose` on what runs (an administrator, 6 good uploads, 25,640 objects, mails)"
    figures[what] = f"{time.monotonic() - begun:.0f} s"
    assert "emergency" in said
    with deployment.client(deployment.token) as admin:
        assert admin.get("dead-letters").json()["items"] == []

        def every_mail_is_caught() -> bool:
            told = admin.get("notifications", params={"limit": 200}).json()["items"]
            caught = httpx.get(f"{deployment.mail_url}/api/v1/messages", params={"limit": 200}, timeout=30.0).json()
            figures["mails written and caught"] = f"{len(told)} and {caught['total']}"
            return len(told) > 20 and caught["total"] == len(told)

        until(every_mail_is_caught, 60.0, "mail for each notification")


def test_what_the_containers_need(deployment: Deployment, figures: Figures):
    services = deployment.containers()
    running = [name for name in services if deployment.engine.inspect(name)["State"]["Running"]]
    stats = deployment.engine.run("stats", "--no-stream", "--format", "{{.Name}} {{.MemUsage}}", *running)
    used: dict[str, str] = {}
    for line in stats.splitlines():
        name, usage = line.split(" ", 1)
        used[services[name]] = usage.partition("/")[0].strip()
    figures["memory after the main job"] = ", ".join(f"{name} {used[name]}" for name in sorted(used) if name in KEPT_ON)
    assert set(used) >= set(KEPT_ON)


KEPT_ON = (*SERVICES, "postgres", "kafka", "s3", "proxy", "prometheus")


def test_prometheus_finds_every_process_of_every_service(deployment: Deployment):
    def scraped() -> bool:
        answer = httpx.get(f"{deployment.prometheus_url}/api/v1/query", params={"query": 'up{job="fairway"} == 1'})
        found = [each["metric"]["service"] for each in answer.json()["data"]["result"]]
        return sorted(found) == sorted([*SERVICES, "screening-worker"])

    until(scraped, 120.0, "all targets up")
    groups = httpx.get(f"{deployment.prometheus_url}/api/v1/rules").json()["data"]["groups"]
    assert any(rule["type"] == "alerting" for group in groups for rule in group["rules"])


def test_no_secret_shows_in_logs_and_in_what_the_engine_tells(deployment: Deployment):
    names = list(deployment.containers())
    told = deployment.engine.run("inspect", *names) + deployment.compose("logs", "--no-color")
    for file in deployment.secrets.iterdir():
        assert file.read_text().strip() not in told, file.name
    assert deployment.token not in told


@pytest.mark.parametrize("service", ["ingest-api", "validator", "screening-worker", "spacetrack-gateway"])
def test_a_killed_service_comes_back_and_nothing_is_lost(deployment: Deployment, figures: Figures, service: str):
    container = deployment.of_service(service)
    before = deployment.engine.inspect(container)["RestartCount"]
    with deployment.client(_operator(deployment)) as operator:
        sent = [_upload(operator, f"{service}-before-{i}") for i in range(5)]
        begun = time.monotonic()
        deployment.engine.run("exec", container, "python", "-c", KILL)
        sent += [_upload_when_possible(operator, f"{service}-after-{i}") for i in range(5)]
        figures[f"uploads of the next 5 files after a kill of {service}"] = f"{time.monotonic() - begun:.1f} s"
        until(lambda: all(_status(operator, each) == "rejected" for each in sent), 300.0, "verdicts on all uploads")
    until(lambda: _is_healthy_again(deployment, container, before), 300.0, f"{service} healthy again")


KILL = (
    "import os, pathlib, signal\n"
    "stats = [file.read_text().rsplit(')', 1)[1].split() + [file.parent.name] "
    "for file in pathlib.Path('/proc').glob('[0-9]*/stat')]\n"
    "os.kill(next(int(each[-1]) for each in stats if each[1] == '1'), signal.SIGKILL)"
)
"""Kills the child of the container's first process, from within: the engine then sees a crash, and not a wish."""


def _is_healthy_again(deployment: Deployment, container: str, restarts: int) -> bool:
    seen = deployment.engine.inspect(container)
    return seen["RestartCount"] > restarts and seen["State"].get("Health", {}).get("Status") == "healthy"


@pytest.mark.parametrize("part", ["kafka", "postgres", "s3"])
def test_a_killed_part_comes_back_and_nothing_is_lost(deployment: Deployment, figures: Figures, part: str):
    container = deployment.of_service(part)
    with deployment.client(_operator(deployment)) as operator:
        deployment.engine.run("kill", "--signal=KILL", container)
        begun = time.monotonic()
        while_gone = _upload(operator, f"{part}-gone", wanted=part == "kafka")
        answer = "taken" if while_gone else "refused as unavailable"
        figures[f"an upload while {part} was gone"] = f"{answer}, after {time.monotonic() - begun:.1f} s"
        deployment.engine.run("start", container)
        begun = time.monotonic()
        sent = [_upload_when_possible(operator, f"{part}-back-{i}") for i in range(5)]
        sent += [while_gone] if while_gone else []
        until(lambda: all(_status(operator, each) == "rejected" for each in sent), 300.0, "verdicts on all uploads")
        figures[f"verdicts on 5 more files after {part} was killed and started"] = f"{time.monotonic() - begun:.1f} s"


def test_everything_stops_when_asked(deployment: Deployment, figures: Figures):
    begun = time.monotonic()
    deployment.compose("stop", *SERVICES)
    codes = {
        service: deployment.engine.inspect(name)["State"]["ExitCode"]
        for name, service in deployment.containers().items()
        if service in SERVICES
    }
    figures["stopped with"] = f"exit code 0 of every service, {time.monotonic() - begun:.0f} s"
    assert set(codes.values()) == {0}, codes


def _operator(deployment: Deployment) -> str:
    """Return a token of one of the operators that the main job has made."""
    if not deployment.tokens:
        with deployment.client(deployment.token) as admin:
            organizations = admin.get("organizations").json()["items"]
            owner = next(each for each in organizations if each["name"] == "Aurora Imaging")
            body = {"organization_id": owner["id"], "name": "kills", "role": "operator"}
            deployment.tokens["operator"] = admin.post("tokens", json=body).json()["token"]
    return deployment.tokens["operator"]


def _upload(operator: httpx.Client, name: str, *, wanted: bool = True) -> str:
    """Upload a file that is no ephemeris, and return the document; where it need not be taken, perhaps nothing."""
    content = f"{name} is no ephemeris\n".encode()
    answer = operator.post("documents", content=content, headers={"X-File-Name": f"{name}.oem"})
    if not wanted and answer.status_code >= 500:
        return ""
    assert answer.status_code == 202, answer.text
    document: str = answer.json()["id"]
    return document


def _upload_when_possible(operator: httpx.Client, name: str) -> str:
    taken: list[str] = []

    def is_taken() -> bool:
        taken[:] = [_upload(operator, name, wanted=False)]
        return bool(taken[0])

    until(is_taken, 180.0, "an upload that is taken")
    return taken[0]


def _status(operator: httpx.Client, document: str) -> str:
    answer = operator.get(f"documents/{document}")
    return str(answer.json()["status"]) if answer.status_code == 200 else ""


REPORT_TEXT = """# The last run of `make test-deploy`

Written by `tests/deploy/engine_checks.py` on {when}; every check had passed. Where an image is a stand-in, the real
program ran in an image made for the test (`tests/deploy/stand_ins`). An image that *cannot be had* was not started: no
registry answered, and nothing that can be installed there is that program.

| what | seen |
|---|---|
{rows}"""
