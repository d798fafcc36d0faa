"""An operator's day in a real browser, on the whole service: sign in, a broken file, a good one, an event, its mail."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from support.browser import Watch, chromium, watch
from support.main_job import AS_OF, Job, Upload, prepare_job, set_up_organizations
from support.service_process import ServiceProcess

PATIENCE_S = 90
expect.set_options(timeout=PATIENCE_S * 1000)
"""The first screening may have to wait for kernels."""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    process = ServiceProcess(tmp_path_factory.mktemp("dashboard") / "data", AS_OF, public_url=None)
    process.start()
    yield process
    process.stop()


@pytest.fixture(scope="module")
def job(service: ServiceProcess) -> Job:
    prepared = set_up_organizations(service.url, service.administrator(), prepare_job())
    service.wait_until_quiet()
    return prepared


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


class Administrator:
    """The API with the administrator's token."""

    def __init__(self, service: ServiceProcess) -> None:
        headers = {"Authorization": f"Bearer {service.administrator()}"}
        self.http = httpx.Client(base_url=f"{service.url}/v1/", headers=headers, timeout=60)

    def get(self, path: str, **parameters: Any) -> Any:
        answer = self.http.get(path, params=parameters)
        answer.raise_for_status()
        return answer.json()

    def sign_in_link(self, organization: str) -> str:
        """Return a link for the person of the organization with this name, or of the one that runs the service."""
        organizations = {each["name"]: each["id"] for each in self.get("organizations")["items"]}
        people = self.get("users", organization_id=organizations[organization])["items"]
        asked = {"user_id": people[0]["id"], "organization_id": organizations[organization]}
        answer = self.http.post("sign-in-links", json=asked)
        answer.raise_for_status()
        link: str = answer.json()["url"]
        return link


@pytest.fixture(scope="module")
def administrator(service: ServiceProcess) -> Iterator[Administrator]:
    known = Administrator(service)
    yield known
    known.http.close()


class Visitor:
    """A browser window and what went wrong in it."""

    def __init__(self, context: BrowserContext, service: ServiceProcess) -> None:
        self.page: Page = context.new_page()
        self.watch: Watch = watch(self.page)
        self.url = service.url

    def open(self, path: str) -> Page:
        self.page.goto(f"{self.url}{path}")
        return self.page

    def upload(self, file: Upload) -> Page:
        page = self.open("/documents")
        page.get_by_label("File", exact=True).set_input_files(
            {"name": file.name, "mimeType": "text/plain", "buffer": file.content}
        )
        page.get_by_role("button", name="Upload").click()
        return page


@pytest.fixture
def operator(browser: Browser, service: ServiceProcess, administrator: Administrator, job: Job) -> Iterator[Visitor]:
    """The person who sends the broken file, signed in."""
    context = browser.new_context(viewport={"width": 1360, "height": 900})
    visitor = Visitor(context, service)
    visitor.page.goto(administrator.sign_in_link(broken(job).owner))
    yield visitor
    assert visitor.watch.faults == []
    context.close()


def broken(job: Job) -> Upload:
    return next(file for file in job.files if "_special_" in file.name)


def good(job: Job) -> Upload:
    return next(file for file in job.files if file.owner == broken(job).owner and file is not broken(job))


def other(job: Job) -> Upload:
    return next(file for file in job.files if file.owner != broken(job).owner)


def test_a_link_signs_in_once(
    browser: Browser, service: ServiceProcess, administrator: Administrator, job: Job
) -> None:
    link = administrator.sign_in_link(broken(job).owner)
    first, second = browser.new_context(), browser.new_context()
    page = first.new_page()
    page.goto(link)
    assert page.url == f"{service.url}/"
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
    (cookie,) = first.cookies()
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"
    late = second.new_page()
    late.goto(link)
    expect(late.get_by_role("heading", level=1)).to_contain_text("does not work any more")
    assert second.cookies() == []
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.goto(f"{service.url}/conjunctions")
    assert "/sign-in" in page.url
    first.close()
    second.close()


def test_a_broken_file_comes_back_with_the_finding_on_its_line(operator: Visitor, job: Job) -> None:
    file = broken(job)
    page = operator.upload(file)
    expect(page.locator(".status-rejected")).to_be_visible()
    first = page.locator(".finding.error").first
    marked = first.locator(".line.marked")
    number = int(marked.locator(".line-number").inner_text())
    line = file.content.decode().splitlines()[number - 1]
    assert marked.locator("code").inner_text() == line
    assert f"line {number}" in first.locator(".place").inner_text()
    caret = first.locator(".line.caret code").inner_text()
    assert line[caret.index("▲") :].startswith("-O") or line[caret.index("▲") :].startswith("O")
    assert page.locator("[hx-trigger]").count() == 0, "a page with a verdict does not ask again"


def test_good_files_become_an_event_with_its_picture_and_its_mail(operator: Visitor, job: Job) -> None:
    sent = httpx.post(
        f"{operator.url}/v1/documents",
        content=other(job).content,
        headers={
            "Authorization": f"Bearer {job.tokens[other(job).owner]}",
            "Content-Type": "text/plain",
            "X-File-Name": other(job).name,
        },
        timeout=60,
    )
    assert sent.status_code == 202
    page = operator.upload(good(job))
    expect(page.locator(".status-accepted")).to_be_visible()
    runs = page.locator("table.runs")
    expect(runs.get_by_text("Ephemeris against the catalogue")).to_be_visible()
    expect(page.locator("[hx-trigger]")).to_have_count(0)
    expect(runs.locator(".status-completed").first).to_be_visible()
    expect(page.locator(".status-held")).to_be_visible()

    page = operator.open("/conjunctions?sort=probability")
    expect(page.locator("table.events tbody tr").first).to_be_visible()
    page.locator("table.events .main-link").first.click()
    picture = page.locator("svg.encounter-plane")
    expect(picture).to_be_visible()
    box = picture.bounding_box()
    assert box is not None
    assert box["width"] > 250
    assert picture.locator(".miss").count() == 1
    expect(page.locator("svg.history-chart")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="KVN").first.click()
    assert Path(download.value.path()).read_text().startswith("CCSDS_CDM_VERS")
    no_overflow(page)

    page = operator.open("/notifications")
    page.locator("table .main-link").first.click()
    expect(page.locator("pre.mail")).to_contain_text("All times are UTC.")


def no_overflow(page: Page) -> None:
    """The page is not wider than the window."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/documents",
        "/conjunctions",
        "/conjunctions?when=all&level=emergency",
        "/satellites",
        "/screenings",
        "/feeds",
        "/notifications",
    ],
)
@pytest.mark.parametrize("width", [390, 1360])
def test_every_page_fits_the_window_and_can_be_walked_by_keyboard(operator: Visitor, path: str, width: int) -> None:
    operator.page.set_viewport_size({"width": width, "height": 900})
    page = operator.open(path)
    no_overflow(page)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_another_operators_document_is_not_there(operator: Visitor, administrator: Administrator, job: Job) -> None:
    ours = other(job).name
    theirs = next(each for each in administrator.get("documents", limit=200)["items"] if each["file_name"] == ours)
    answer = operator.page.request.get(f"{operator.url}/documents/{theirs['id']}")
    assert answer.status == 404
    assert "<h1>No such document</h1>" in answer.text()


def test_without_scripts_everything_can_still_be_done(
    browser: Browser, service: ServiceProcess, administrator: Administrator, job: Job
) -> None:
    context = browser.new_context(java_script_enabled=False)
    visitor = Visitor(context, service)
    visitor.page.goto(administrator.sign_in_link(broken(job).owner))
    file = broken(job)
    renamed = Upload(file.owner, file.name.replace("_nomnvr_", "_mnvr_"), file.content)
    page = visitor.upload(renamed)
    until = visitor.page.locator(".status-rejected")
    for _ in range(PATIENCE_S * 2):
        if until.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(page.locator(".finding.error").first).to_be_visible()
    page.get_by_role("button", name="Withdraw").click()
    expect(page.locator(".status-withdrawn")).to_be_visible()
    page.get_by_role("button", name="Restore").click()
    expect(page.locator(".status-rejected")).to_be_visible()
    context.close()
