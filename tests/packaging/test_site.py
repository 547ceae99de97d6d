"""The documents as a site: whole without any network, small, read from the disk, and in a wheel made after it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from zipfile import ZipFile

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser.conftest import PATIENCE_MS, a_chromium, needed_chromium

ROOT = Path(__file__).resolve().parents[2]
MOST_MB, WHEEL_MB = 3.5, 25
PICTURE_KB, PICTURES_KB = 150, 1500
#: What a page loads by itself; a link to elsewhere is only followed by a person.
LOADED = re.compile(
    r"""<(?:script|img|link|iframe|source)\b[^>]*\b(?:src|href)="([^"]+)"|url\(["']?([^)"']+)|@import"""
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of this checkout, made as `scripts/docs` makes it."""
    folder = tmp_path_factory.mktemp("site")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    made = subprocess.run(
        ["scripts/docs", folder], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if "WARNING: " not in made.stderr and made.returncode != 0 and os.environ.get("QUEUE_REQUIRE_ALL") != "1":
        pytest.skip(f"What makes the site cannot be installed here: {made.stderr.strip()[-300:]}")
    assert made.returncode == 0, made.stderr
    return folder


@pytest_asyncio.fixture
async def page() -> AsyncIterator[Page]:
    """A browser without any network."""
    async with a_chromium(needed_chromium()) as browser:
        context = await browser.new_context(offline=True)
        context.set_default_timeout(PATIENCE_MS)
        yield await context.new_page()


def test_nothing_on_any_page_comes_from_elsewhere(site: Path) -> None:
    texts = [path for path in site.rglob("*") if path.suffix in {".html", ".css"}]

    loaded = {found[1] or found[2] or found[0] for path in texts for found in LOADED.finditer(path.read_text())}

    assert len(loaded) > 10
    assert {address for address in loaded if "//" in address} == set()


def test_the_site_is_small_and_so_is_each_picture(site: Path) -> None:
    pictures = [path.stat().st_size for path in (ROOT / "docs" / "pictures").iterdir()]

    assert sum(path.stat().st_size for path in site.rglob("*") if path.is_file()) <= MOST_MB * 10**6
    assert max(pictures) <= PICTURE_KB * 1000
    assert sum(pictures) <= PICTURES_KB * 1000


@pytest.mark.browser
async def test_from_the_disk_it_leads_from_the_first_page_to_each_reader_and_finds_words(
    site: Path, page: Page
) -> None:
    await page.goto((site / "index.html").as_uri())
    article = page.locator("article")
    await expect(article.get_by_role("heading", name="Where to read")).to_be_visible()
    for reader, heading in (
        ("for helpers", "You help patients"),
        ("for nurses", "You are a nurse"),
        ("for doctors", "You are a doctor"),
        ("for administrators", "You look after the clinic"),
        ("for engineers", "You are an engineer"),
    ):
        await article.get_by_role("link", name=reader).click()
        await expect(article.get_by_role("heading", name=heading)).to_be_visible()
        assert await page.evaluate("[...document.images].every((one) => one.complete && one.naturalWidth > 0)")
        await page.go_back()

    await page.get_by_placeholder("Search").fill("QBACKUP")
    await page.keyboard.press("Enter")

    await expect(page.locator("#search-results li").first).to_be_visible()


def test_a_wheel_that_is_made_after_it_brings_it_along_and_is_small(site: Path, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    ignored = shutil.ignore_patterns("__pycache__", ".*_cache")
    for name in ("queue_server", "kiosk", "display", "doctor_console", "templates", "static", "migrations"):
        shutil.copytree(ROOT / name, tree / name, ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tree)
    (tree / ".gitignore").write_text("/build/\n")
    shutil.copytree(site, tree / "build" / "docs")

    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(tree)]
    subprocess.run(command, check=True, capture_output=True)

    (wheel,) = tmp_path.glob("*.whl")
    made = {f"queue_server/share/docs/{path.relative_to(site)}" for path in site.rglob("*") if path.is_file()}
    assert made <= set(ZipFile(wheel).namelist())
    assert wheel.stat().st_size <= WHEEL_MB * 10**6
