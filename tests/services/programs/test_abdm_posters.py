"""What hangs at a counter leads to its own queue, on one page in whatever languages."""

from __future__ import annotations

import io

import pikepdf
import pytest

from queue_server.domain.access.actors import SYSTEM
from queue_server.domain.errors import UnknownDepartment
from queue_server.locale import LANGUAGES
from queue_server.services.programs.abdm_posters import AbdmPosters
from tests.abdm.clinics import Abdm


def _posters(abdm: Abdm) -> AbdmPosters:
    posters = abdm.running.services.programs.posters
    assert posters is not None
    return posters


async def test_a_poster_is_one_page_of_a5_in_one_language_and_in_nine(abdm: Abdm) -> None:
    settings = abdm.running.services.clinic.settings
    for languages in (["en"], list(LANGUAGES)):
        await settings.save({**await settings.read(), "languages": languages}, None, by=SYSTEM)
        with pikepdf.open(io.BytesIO(await _posters(abdm).poster("GEN"))) as read:
            assert len(read.pages) == 1
            assert [round(float(side)) for side in read.pages[0].mediabox[2:]] == [420, 595]


async def test_a_code_leads_to_its_own_counter(abdm: Abdm) -> None:
    assert (await _posters(abdm).link("LAB")).endswith("/share-profile?hip-id=IN2710000042&counter-id=LAB")
    with pytest.raises(UnknownDepartment):
        await _posters(abdm).link("XYZ")
