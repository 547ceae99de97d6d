"""Papers and slips of nobody, as they will be printed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from queue_server.services import Services
from tests.clinics import ADMIN, Clinic, SettableClock, open_services
from tests.schemas import with_schema


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """What is drawn does not depend on the kind of database."""
    return f"sqlite:///{tmp_path}/queue.db"


@pytest.fixture
async def empty(database_url: str) -> AsyncIterator[Services]:
    """The services of a clinic without departments."""
    await with_schema(database_url)
    async with open_services(database_url, SettableClock()) as services:
        yield services


def size(drawn: bytes) -> tuple[int, int]:
    """Width and height of the PNG in dots."""
    with Image.open(BytesIO(drawn)) as picture:
        assert picture.format == "PNG"
        return picture.size


async def test_what_is_being_typed_is_drawn_and_not_kept(clinic: Clinic) -> None:
    previews = clinic.services.devices.previews
    before = await previews.slip({}, "en"), await previews.prescription({}, "en")
    typed = {"name": "Sunrise", "lines": "12 Station Road", "slip_texts": {"en": "Wait at window 2, please."}}

    slip, paper = await previews.slip(typed, "en"), await previews.prescription(typed, "en")

    assert size(slip)[1] > size(before[0])[1]
    assert (paper, size(paper)) != (before[1], (0, 0))
    assert (await previews.slip({}, "en"), await previews.prescription({}, "en")) == before


async def test_a_saved_heading_is_drawn_without_typing(clinic: Clinic) -> None:
    previews = clinic.services.devices.previews
    heading = {"name": "Sunrise", "slip_texts": {"hi": "खिड़की 2।"}}
    typed = await previews.slip(heading, "hi")

    await clinic.services.clinic.letterheads.save(heading, None, by=ADMIN)

    assert await previews.slip({}, "hi") == typed


async def test_what_is_typed_wrong_is_drawn_as_far_as_it_can_be(clinic: Clinic) -> None:
    drawn = await clinic.services.devices.previews.slip({"lines": "x" * 500, "nonsense": True}, "en")

    assert size(drawn)[0] > 0


async def test_without_a_department_there_is_a_paper_and_no_slip(empty: Services) -> None:
    assert size(await empty.devices.previews.prescription({}, "en"))[0] > 0
    assert await empty.devices.previews.slip({}, "en") == b""
