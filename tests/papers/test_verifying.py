"""Whoever holds a paper learns whether the clinic signed it, and nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest

from queue_server.domain.records.records import Certificate, Prescription
from queue_server.services.records.signed_papers import MadePaper
from queue_server.web.limits import WRONG_LINKS
from tests.papers.examples import a_certificate, a_prescription
from tests.papers.pictures import codes
from tests.running import Running, a_running_clinic


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    """The clinic on SQLite, served on loopback."""
    async with a_running_clinic(f"sqlite:///{tmp_path}/queue.db", tmp_path) as served:
        served.anonymous.headers["Accept"] = "text/html"
        yield served


async def sign(running: Running, signed: Prescription | Certificate, replaces_key: str | None = None) -> MadePaper:
    """The paper, made and remembered."""
    papers = running.services.records.papers
    made = await papers.make(signed, "hi")
    async with running.services.store.transaction() as work:
        await papers.keep(work, made, replaces_key)
    return made


async def scanned(running: Running, made: MadePaper, language: str = "en") -> httpx2.Response:
    """What a phone shows that has scanned the paper's code."""
    ((link,),) = codes(made.pdf)
    assert link.startswith("http://queue.test/verify/")
    return await running.anonymous.get(link.removeprefix("http://queue.test") + f"&lang={language}")


async def test_the_code_on_a_paper_says_that_it_is_genuine(running: Running) -> None:
    made = await sign(running, a_prescription())

    page = await scanned(running, made)

    assert page.status_code == 200
    assert "The clinic signed a paper with this code, and it is the newest version." in page.text
    assert "22 November 2026" in page.text
    assert "Test clinic" in page.text
    assert f'data-hash="{hashlib.sha256(made.pdf).hexdigest()}"' in page.text


async def test_nothing_personal_is_on_the_page(running: Running) -> None:
    page = await scanned(running, await sign(running, a_certificate()))

    assert "Certificate of sick leave" in page.text
    for word in ("Test Patient", "A. Example", "DMC", "G-012", "bronchitis", "General"):
        assert word not in page.text


async def test_a_paper_that_was_corrected_says_so(running: Running) -> None:
    old = await sign(running, a_prescription())
    running.clock.forward(days=1)
    new = await sign(running, replace(a_prescription(), key="another-key", version=2, replaces=7), old.paper.key)

    page = await scanned(running, old)

    assert "replaced it with a newer version on 23 November 2026" in page.text
    assert "it is the newest version" not in page.text
    assert "it is the newest version" in (await scanned(running, new)).text


async def test_a_code_with_another_hash_is_refused(running: Running) -> None:
    made = await sign(running, a_prescription())
    forged = await running.services.records.papers.make(replace(a_prescription(), note="Rest for 90 days."), "hi")

    page = await scanned(running, forged)

    assert "No. The code on this paper does not belong to what the clinic signed." in page.text
    assert "it is the newest version" not in page.text
    assert made.paper.content_hash[:8] in page.text


@pytest.mark.parametrize("told", ["", "<script>", "x" * 300, "0" * 64, "%F0%9F%98%80"])
async def test_a_broken_hash_is_no_proof(running: Running, told: str) -> None:
    await sign(running, a_prescription())

    page = await running.anonymous.get(f"/verify/{a_prescription().key}?h={told}&lang=en")

    assert page.status_code == 200
    assert "No. The code" in page.text
    assert "<script>" not in page.text


async def test_a_link_without_a_hash_says_what_it_cannot_say(running: Running) -> None:
    await sign(running, a_prescription())

    page = await running.anonymous.get(f"/verify/{a_prescription().key}")

    assert "The link says nothing about its content" in page.text
    assert "it is the newest version" not in page.text


@pytest.mark.parametrize("key", ["nobody", "x" * 500, "%00", "..%2f..", "'; DROP TABLE paper; --"])
async def test_a_paper_that_nobody_signed_is_not_known(running: Running, key: str) -> None:
    page = await running.anonymous.get(f"/verify/{key}")

    assert page.status_code == 404


async def test_whoever_guesses_is_slowed_down(running: Running) -> None:
    for _ in range(118):
        running.limits.count(WRONG_LINKS, "link", "127.0.0.1")

    statuses = [(await running.anonymous.get(f"/verify/guess-{number}")).status_code for number in range(4)]

    assert statuses == [404, 404, 429, 429]


async def test_the_page_is_in_hindi_too_and_keeps_the_hash(running: Running) -> None:
    made = await sign(running, a_prescription())

    page = await scanned(running, made, "hi")

    assert "यही सबसे नया है" in page.text
    assert "22 नवंबर 2026" in page.text
    assert f"?h={made.paper.content_hash}&amp;lang=en" in page.text


async def test_a_paper_that_was_made_but_not_kept_is_not_known(running: Running) -> None:
    made = await running.services.records.papers.make(a_prescription(), "en")

    assert (await scanned(running, made)).status_code == 404
