"""The kiosk's page, its worker and its line, as a browser asks for them."""

import json
from typing import Any

import httpx2
import pytest

from queue_server.domain.access.actors import SYSTEM
from queue_server.locale import LANGUAGES, texts
from tests.running import Running


async def test_an_enrolled_kiosk_gets_the_screen_in_all_languages_at_once(kiosk: httpx2.AsyncClient) -> None:
    answer = await kiosk.get("/kiosk", headers={"Accept": "text/html", "Accept-Language": "hi"})

    assert answer.status_code == 200
    data = page_data(answer.text)
    assert data["version"] == answer.headers["Kiosk-Version"]
    assert [language["name"] for language in data["languages"]] == ["English", "हिन्दी"]
    assert data["words"]["hi"]["your_number"] == texts("hi").gettext("Your number")


async def test_every_language_has_every_text(running: Running, kiosk: httpx2.AsyncClient) -> None:
    settings = running.services.clinic.settings
    await settings.save({**await settings.read(), "languages": list(LANGUAGES)}, None, by=SYSTEM)

    words = page_data((await kiosk.get("/kiosk")).text)["words"]

    assert set(words) == set(LANGUAGES)
    for language in words:
        assert words[language].keys() == words["en"].keys()
        assert all(places(words[language][key]) == places(words["en"][key]) for key in words["en"])


@pytest.mark.parametrize("key", [None, "display"])
async def test_any_other_browser_is_asked_for_the_key(running: Running, key: str | None) -> None:
    headers = {"Authorization": f"Bearer {running.keys[key]}"} if key else {}

    answer = await running.anonymous.get("/kiosk", headers=headers)

    assert "Kiosk-Version" not in answer.headers
    assert 'name="code"' in answer.text
    assert "page-data" not in answer.text


async def test_who_enrols_a_screen_is_asked_in_a_language_of_staff(running: Running) -> None:
    settings = running.services.clinic.settings
    await settings.save({**await settings.read(), "languages": ["ur", "en"]}, None, by=SYSTEM)

    for path in ("/kiosk", "/display/main"):
        text = (await running.anonymous.get(path, headers={"Accept-Language": "ur,en;q=0.5"})).text
        assert '<html lang="en" dir="ltr"' in text, "nobody translated these words to Urdu, and they read from the left"
        assert "اردو" not in text


async def test_the_worker_may_serve_the_page_and_names_files_that_exist(running: Running) -> None:
    answer = await running.anonymous.get("/kiosk/service-worker.js")

    shell = json.loads(answer.text.split("\n", 1)[0].removeprefix("self.SHELL = ").removesuffix(";"))
    assert answer.headers["Service-Worker-Allowed"] == shell["scope"] == "/kiosk"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert any(path.endswith("js/kiosk/main.js") for path in shell["files"])
    for path in shell["files"]:
        assert (await running.anonymous.get(path)).status_code == 200, path


async def test_the_line_tells_a_kiosk_of_departments_and_prints(running: Running, kiosk: httpx2.AsyncClient) -> None:
    order = {"department": "GEN", "language": "en", "priority": "normal"}
    async with running.socket("/ws/kiosk", "kiosk") as line:
        first = await view(line)
        answer = await kiosk.post("/kiosk/tokens", json=order, headers={"Idempotency-Key": "one"})
        after = await view(line)
        while not after["prints"]:
            after = await view(line)

    assert [department["code"] for department in first["departments"]] == ["GEN", "LAB"]
    assert after["prints"] == {str(answer.json()["print_job"]): "queued"}


@pytest.mark.parametrize(
    ("key", "code", "close_code"),
    [
        (None, "login_required", 4401),
        ("display", "not_allowed", 4403),
        ("program", "not_allowed", 4403),
    ],
)
async def test_the_line_is_for_kiosks_only(running: Running, key: str | None, code: str, close_code: int) -> None:
    async with running.socket("/ws/kiosk", key) as line:
        error = json.loads(await line.recv())
        await line.wait_closed()

    assert (error["type"], error["code"], line.close_code) == ("error", code, close_code)


def page_data(html: str) -> dict[str, Any]:
    """What the page hands to its scripts."""
    data: dict[str, Any] = json.loads(html.split('id="page-data">', 1)[1].split("</script>", 1)[0])
    return data


def places(text: str | dict[str, str]) -> list[set[str]]:
    """The places to be filled in each form of a text."""
    forms = [text] if isinstance(text, str) else list(text.values())
    return [{part.split(")s", 1)[0] for part in form.split("%(")[1:]} for form in forms]


async def view(line: Any) -> dict[str, Any]:
    """The data of the next view on the line."""
    while (frame := json.loads(await line.recv()))["type"] != "view":
        pass
    data: dict[str, Any] = frame["data"]
    return data
