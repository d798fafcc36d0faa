"""Takes the pictures of the documentation: signs in by a link, opens the pages, and saves what it sees."""

import argparse
from pathlib import Path
from urllib.parse import urljoin

from playwright.sync_api import Page
from support.browser import chromium

WIDTH, HEIGHT = 1360, 900
SCALE = 1
WHOLE = ("conjunction", "findings", "space-track", "submissions")
"""Pictures of pages from their beginning to their end."""


def main() -> None:
    """Take every picture that the running service has something to show for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("link", help="a sign-in link of the running service")
    parser.add_argument("folder", nargs="?", type=Path, default=Path("docs/images"))
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=SCALE)
        page = context.new_page()
        page.goto(given.link)
        page.locator("nav[aria-label=Pages]").wait_for()
        for name, path in pages(page, given.link):
            page.goto(urljoin(given.link, path))
            file = given.folder / f"{name}.png"
            page.screenshot(path=file, full_page=name in WHOLE)
            print(file)
        context.close()


def pages(page: Page, link: str) -> list[tuple[str, str]]:
    """Return name and address of each picture; of lists, the first entry."""
    found = [
        ("overview", "/"),
        ("conjunctions", "/conjunctions?sort=probability"),
        ("uploads", "/documents"),
        ("screenings", "/screenings"),
        ("mails", "/notifications"),
        ("feeds", "/feeds"),
        ("submissions", "/submissions"),
        ("space-track-links", "/space-track"),
    ]
    for name, listing, entry in (
        ("conjunction", "/conjunctions?sort=probability", "table .main-link"),
        ("findings", "/documents?status=rejected", "table .main-link"),
        ("screening", "/screenings", "table .main-link"),
        ("space-track", "/space-track", "main a[href^='/space-track/']"),
        ("mail", "/notifications", "table .main-link"),
    ):
        page.goto(urljoin(link, listing))
        first = page.locator(entry).first
        if first.count():
            found.append((name, str(first.get_attribute("href"))))
    return found


if __name__ == "__main__":
    main()
