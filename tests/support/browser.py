"""A real browser, and what goes wrong in it while a page is looked at."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

__all__ = ["Watch", "chromium", "chromium_path", "watch"]

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium_path() -> str:
    """Return the browser to use: the one that FAIRWAY_TEST_CHROMIUM names, else the system's.

    Raises
    ------
    FileNotFoundError
        There is none; ``scripts/browser`` sees to one.
    """
    names = (os.environ.get("FAIRWAY_TEST_CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    if found is None:
        raise FileNotFoundError("no Chromium: run scripts/browser, or name one in FAIRWAY_TEST_CHROMIUM")
    return found


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(_FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Watch:
    """What went wrong in a page while it was looked at: errors of scripts, of the console, of loading."""

    faults: list[str] = field(default_factory=list)

    def console(self, message: ConsoleMessage) -> None:
        """Keep errors: a broken content security policy shows up here."""
        if message.type == "error":
            self.faults.append(f"{message.text} ({message.location.get('url')})")

    def failed(self, request: Request) -> None:
        """Keep what could not be loaded; what the browser gave up because it went on to another page is no fault."""
        if request.failure != "net::ERR_ABORTED":
            self.faults.append(f"{request.url}: {request.failure}")


def watch(page: Page) -> Watch:
    """Watch a page from now on."""
    seen = Watch()
    page.on("console", seen.console)
    page.on("pageerror", lambda error: seen.faults.append(str(error)))
    page.on("requestfailed", seen.failed)
    return seen
