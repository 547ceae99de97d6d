"""Whoever scans is sent the link to the number once, where the clinic has chosen so and the poster says it."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path

import pikepdf
import pytest

from queue_server.domain.access.actors import SYSTEM
from queue_server.domain.alerts.alerts import AlertKind
from queue_server.locale import LANGUAGES
from tests.abdm.clinics import Abdm, an_abdm_clinic
from tests.alerting import RememberingDriver


@pytest.fixture
async def abdm(tmp_path: Path) -> AsyncIterator[Abdm]:
    """On SQLite, with a way to send SMS."""
    async with an_abdm_clinic(f"sqlite:///{tmp_path}/queue.db", tmp_path, drivers=[RememberingDriver()]) as made:
        yield made


async def _links(abdm: Abdm) -> list[tuple[str, str]]:
    """Address and number of every link in the outbox."""
    async with abdm.running.services.store.reading() as connection:
        query = f"SELECT address, data FROM outbox WHERE kind = '{AlertKind.LINK}' ORDER BY id"  # noqa: S608
        return [(str(row.address), str(row.data)) for row in await connection.exec_driver_sql(query)]


async def test_one_link_goes_to_a_number_and_only_where_the_clinic_has_chosen_it(abdm: Abdm) -> None:
    posters = abdm.running.services.programs.posters
    assert posters is not None
    await abdm.number("ravi@sbx", "LAB")
    assert await _links(abdm) == []

    await posters.send_links(is_sent=True, by=SYSTEM)
    first = await abdm.number("asha@sbx")
    assert await abdm.number("asha@sbx", phoneNumber="9876543210") == first
    for place, phone in enumerate(("", None, "ask me", "12", "1800111222", "02228500000")):
        await abdm.number(f"nobody{place}@sbx", phoneNumber=phone)

    [(to, said)] = await _links(abdm)
    assert to == "+918123456789"
    assert first in said


async def test_the_poster_asks_for_the_agreement_on_one_page_in_nine_languages(abdm: Abdm) -> None:
    services = abdm.running.services
    settings, posters = services.clinic.settings, services.programs.posters
    assert posters is not None
    await settings.save({**await settings.read(), "languages": list(LANGUAGES)}, None, by=SYSTEM)
    await posters.send_links(is_sent=True, by=SYSTEM)

    with pikepdf.open(io.BytesIO(await posters.poster("GEN"))) as read:
        assert len(read.pages) == 1
