"""The pages of the set-up over HTTP: plain forms, nothing typed is lost, every mistake at its field."""

from __future__ import annotations

import re
from html import unescape

import httpx2
import pytest

from queue_server.admin.navigation import GROUPS
from queue_server.locale import LANGUAGES
from tests.running import Running


def fields(page: str) -> dict[str, str]:
    """What a browser would send back of the page's first large form."""
    form = max(re.findall(r"<form.*?</form>", page, re.S), key=len)
    found = {
        name: unescape(value) for name, value in re.findall(r'<input[^>]* name="([^"]+)"[^>]*? value="([^"]*)"', form)
    }
    for tag in re.findall(r'<input type="(?:radio|checkbox)"[^>]*>', form):
        ((name, value),) = re.findall(r'name="([^"]+)" value="([^"]*)"', tag)
        if "checked" in tag:
            found[name] = unescape(value)
        elif found.get(name) == unescape(value):
            found.pop(name)
    for name, options in re.findall(r'<select[^>]* name="([^"]+)".*?>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return found


async def test_every_entry_of_the_navigation_opens(boss: httpx2.AsyncClient) -> None:
    for language in ("en", "hi"):
        for entry in (entry for group in GROUPS for entry in group.entries if not entry.is_of_abdm):
            page = await boss.get(f"{entry.path}?lang={language}")

            assert page.status_code == 200, entry.path
            assert f'href="{entry.path}" aria-current="page"' in page.text


async def test_a_department_is_saved_from_its_form_and_every_screen_hears_of_it(
    running: Running, boss: httpx2.AsyncClient
) -> None:
    form = fields((await boss.get("/admin/departments/GEN")).text)
    async with running.socket("/ws/board/main", "display") as line:
        await line.recv()

        saved = {**form, "names.en": "All ages", "when": "hours", "hours.sun": "9–13, 14–17", "daily_quota": "50"}
        answer = await boss.post("/admin/departments/GEN", data=saved)

        assert answer.status_code == 303, re.findall(r'field-error".*?</p>', answer.text)
        while "All ages" not in await line.recv():
            pass
    assert (await running.services.clinic.queues.department("GEN")).daily_quota == 50
    assert 'value="09:00–13:00, 14:00–17:00"' in (await boss.get("/admin/departments/GEN")).text


async def test_mistakes_stand_at_their_fields_and_nothing_typed_is_lost(boss: httpx2.AsyncClient) -> None:
    form = fields((await boss.get("/admin/departments/GEN")).text)
    wrong = {**form, "when": "hours", "hours.mon": "9–13, 12–14", "prefix": "L", "names.en": "Typed <here>"}

    page = await boss.post("/admin/departments/GEN", data=wrong)

    assert page.status_code == 422
    errors = dict(re.findall(r'id="field-([\w.]+)-error">.*?</svg>(.*?)</p>', page.text))
    assert errors == {"hours.mon": "These times overlap, or are not in order.", "prefix": "“L” is in use."}
    assert 'value="Typed &lt;here&gt;"' in page.text
    assert 'value="9–13, 12–14"' in page.text


async def test_names_are_asked_for_in_the_clinics_languages_and_missing_ones_shown(boss: httpx2.AsyncClient) -> None:
    settings = await boss.get("/admin/settings")
    assert settings.text.count("drafted, not yet read by a native speaker") == len(LANGUAGES) - 1
    names = {"names.en": "Dental", "names.mr": "दंत", "prefix": "Z", "code": "ZED", "when": "always"}
    await boss.post("/admin/departments/new", data=names)
    chosen = {**fields(settings.text), "languages": ["ta", "en"], "first": "ta"}
    assert (await boss.post("/admin/settings", data=chosen)).status_code == 303

    form = await boss.get("/admin/departments/ZED")
    shown = await boss.get("/admin/departments")

    assert re.findall(r'name="names\.(\w+)"', form.text) == ["en", "ta", "mr"]
    assert 'No name yet: <span lang="ta">தமிழ்</span></span>' in shown.text.replace("\n", "")
    assert "காலை" in (await boss.get("/admin/words")).text


async def test_texts_that_one_of_the_clinics_languages_lacks_are_marked_where_they_are_written(
    boss: httpx2.AsyncClient,
) -> None:
    chosen = {**fields((await boss.get("/admin/settings")).text), "languages": ["ta", "en", "ur"], "first": "ta"}
    assert (await boss.post("/admin/settings", data=chosen)).status_code == 303
    names = {"names.en": "Dental", "prefix": "Z", "code": "ZED", "when": "always", "private_names.en": "Room of teeth"}
    forms = {
        "/admin/departments/ZED": ("/admin/departments/new", names, "private_names"),
        "/admin/rooms/1": ("/admin/rooms/1", {"names.ta": "மருந்து சாளரம்"}, "names"),
        "/admin/displays/main": ("/admin/displays/main", {"notices.ta": "நாளை விடுமுறை"}, "notices"),
        "/admin/letterhead": ("/admin/letterhead", {"slip_texts.en": "Window 2."}, "slip_texts"),
    }
    for page, (sent_to, written, field) in forms.items():
        before = [] if sent_to.endswith("new") else marked((await boss.get(page)).text)
        known = {} if sent_to.endswith("new") else fields((await boss.get(page)).text)
        assert (await boss.post(sent_to, data={**known, **written})).status_code == 303

        has = next(name.split(".")[1] for name in written if name.startswith(field))
        lacking = [f"{field}.{code}" for code in ("en", "ta", "ur") if code != has]
        assert (before, marked((await boss.get(page)).text)) == ([], lacking)
    rooms = (await boss.get("/admin/rooms")).text.replace("\n", "")
    assert '<td>மருந்து சாளரம் <span class="quiet small">No name yet: <span lang="en">English</span>' in rooms


def marked(html: str) -> list[str]:
    """The fields that say that they are missing."""
    return re.findall(r'name="([\w.]+)"[^>]*data-missing', html)


async def test_a_time_zone_that_has_a_new_name_is_offered_by_that_one_and_kept_where_it_was_chosen(
    boss: httpx2.AsyncClient,
) -> None:
    page = (await boss.get("/admin/settings")).text
    assert "Calcutta (Asia)" not in page
    assert page.count('<option value="UTC"') == 1

    form = {**fields(page), "time_zone": "Asia/Calcutta", "languages": ["en", "hi"]}
    assert (await boss.post("/admin/settings", data=form)).status_code == 303

    assert '<option value="Asia/Calcutta" selected>Calcutta (Asia)</option>' in (await boss.get("/admin/settings")).text


async def test_the_second_of_two_editors_sees_what_the_first_has_changed(boss: httpx2.AsyncClient) -> None:
    form = fields((await boss.get("/admin/settings")).text)
    first = await boss.post("/admin/settings", data={**form, "name": "Sunrise", "languages": ["en", "hi"]})
    assert first.status_code == 303

    second = await boss.post("/admin/settings", data={**form, "roll_over": "05:00", "languages": ["en", "hi"]})

    assert second.status_code == 409
    assert "Name of the clinic: Test clinic → <strong>Sunrise</strong>" in second.text
    assert 'value="05:00"' in second.text
    assert 'class="clinic" href="/admin">Sunrise<' in second.text
    again = {**fields(second.text), "languages": ["en", "hi"]}
    assert (await boss.post("/admin/settings", data=again)).status_code == 303


@pytest.mark.parametrize(
    ("path", "form", "said"),
    [
        (
            "/admin/settings",
            {"name": "A", "time_zone": "Mars/Base", "roll_over": "04:00", "languages": "en"},
            "not known",
        ),
        (
            "/admin/settings",
            {"name": "A", "time_zone": "UTC", "roll_over": "15:00", "languages": "en"},
            "00:00 to 12:00",
        ),
        ("/admin/holidays", {"day": "2020-01-01", "name": "Gone"}, "in the past"),
        (
            "/admin/roster",
            {"doctor": "first", "room": "1", "begins": "13:00", "ends": "9:00"},
            "not after",
        ),
        ("/admin/rooms", {"code": "1", "department": "GEN"}, "in use"),
        ("/admin/displays/new", {"name": "two words", "distance_m": "900"}, "from 1 to 30"),
        ("/admin/departments/new", {"code": "", "names.en": ""}, "fill in this field"),
        ("/admin/set-up-file", {"text": "{"}, "corrected"),
    ],
)
async def test_bad_input_is_explained(boss: httpx2.AsyncClient, path: str, form: dict[str, str], said: str) -> None:
    page = await boss.post(path, data=form)

    assert page.status_code == 422
    assert said in page.text


async def test_the_file_goes_out_and_comes_back(running: Running, boss: httpx2.AsyncClient) -> None:
    file = (await boss.get("/admin/set-up-file/download")).content

    answer = await boss.post("/admin/set-up-file", files={"file": ("set-up.json", file, "application/json")})

    assert answer.status_code == 303
    assert (await running.services.clinic.configuration.export()).encode() == file


async def test_a_department_with_waiting_tokens_is_not_removed(running: Running, boss: httpx2.AsyncClient) -> None:
    await running.issue("GEN")

    page = await boss.post("/admin/departments/GEN/change", data={"what": "remove"})

    assert page.status_code == 409
    assert "Tokens still wait there: 1." in page.text
