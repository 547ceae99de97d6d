"""Registering and logging in over HTTP."""

import re
from pathlib import Path

import httpx2
import pytest

from queue_server.domain.access.actors import Actor, ActorKind
from tests.clinics import PHONE, PIN
from tests.patients.conftest import Phone
from tests.patients.sending import ASHA, log_in, register
from tests.running import Running

DESK = Actor(ActorKind.DESK, 1)


def leads_to(answer: httpx2.Response) -> tuple[int, str | None]:
    """Status and destination."""
    return answer.status_code, answer.headers.get("location")


async def test_who_registers_is_logged_in_at_once(phone: Phone) -> None:
    mine = await phone()

    assert leads_to(await register(mine)) == (303, "/me")

    page = await mine.get("/me")
    assert page.status_code == 200
    assert "Asha Devi" in page.text
    assert page.headers["cache-control"] == "no-store"


async def test_the_cookies_are_hidden_from_scripts_and_hold_no_number(phone: Phone) -> None:
    answer = await register(await phone())

    cookies = answer.headers.get_list("set-cookie")
    assert {cookie.split("=")[0] for cookie in cookies} == {"queue_patient", "queue_browser", "queue_language"}
    assert all("HttpOnly" in cookie and "SameSite=lax" in cookie for cookie in cookies)
    assert "8123" not in str(cookies)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"pin": "123456"}, "not in a row"),
        ({"pin": "12"}, "A PIN has 6 digits"),
        ({"phone": "12"}, "not a phone number"),
        ({"phone": "8123\x01456789"}, "not a phone number"),
        ({"name": "\u202e\x01"}, "write a name with letters"),
        ({"name": "x" * 130}, "write a name with letters"),
        ({"age": "126"}, "an age up to 125"),
        ({"sex": "nobody"}, "check this answer"),
        ({"consent": ""}, "agree to it first"),
        ({"consent": "2020-01"}, "agree to it first"),
    ],
)
async def test_a_form_with_a_mistake_comes_back_with_what_was_typed(
    phone: Phone, changes: dict[str, str], said: str
) -> None:
    mine = await phone()

    answer = await register(mine, **changes)

    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="34"' in answer.text or "age" in changes
    assert PIN not in answer.text
    assert (await mine.get("/me")).status_code == 303


@pytest.mark.parametrize("name", ["आशा देवी", "محمد علی", "Zoë <b>O'Neill</b>", "Asha 🌼"])
async def test_a_name_in_any_script_is_shown_as_it_is_and_never_as_markup(phone: Phone, name: str) -> None:
    mine = await phone()

    await register(mine, name=name)

    page = (await mine.get("/me")).text
    assert name.replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#39;") in page


async def test_a_form_sent_twice_is_one_patient(phone: Phone) -> None:
    mine = await phone()

    await register(mine)
    await register(mine)

    assert (await mine.get("/me/family")).text.count("Asha Devi") == 1


async def test_a_number_with_another_pin_is_not_registered_again(phone: Phone) -> None:
    await register(await phone())
    stranger = await phone()

    answer = await register(stranger, pin="161803", name="Stranger")

    assert answer.status_code == 409
    assert (await stranger.get("/me")).status_code == 303


async def test_logging_in_takes_any_spelling_and_logging_out_ends_it(phone: Phone) -> None:
    await register(await phone())
    mine = await phone()

    assert leads_to(await log_in(mine, number="+91 8123 456 789")) == (303, "/me")
    assert (await mine.get("/me")).status_code == 200

    kept = dict(mine.cookies)
    await mine.post("/me/logout")
    mine.cookies.set("queue_patient", kept["queue_patient"])
    assert leads_to(await mine.get("/me")) == (303, "/me/login")


async def test_without_a_login_every_own_page_leads_to_the_login(phone: Phone) -> None:
    stranger = await phone()

    for path in ("/me", "/me/family", "/me/profile", "/me/tokens/1/cancel"):
        assert leads_to(await stranger.get(path)) == (303, "/me/login"), path
    for path in ("/me/tokens", "/me/tokens/1/cancel", "/me/family", "/me/family/1", "/me/profile", "/me/pin"):
        assert leads_to(await stranger.post(path, data={})) == (303, "/me/login"), path
    answer = await stranger.post("/me/tokens", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "patient_login_required")


async def test_a_staff_login_or_a_devices_key_is_no_patients_login(running: Running, phone: Phone) -> None:
    stranger = await phone()
    for key in ("program", "kiosk"):
        answer = await stranger.get("/me", headers={"Authorization": f"Bearer {running.keys[key]}"})
        assert leads_to(answer) == (303, "/me/login")
    await stranger.post("/login", data={"login": "first", "password": "correct horse", "next": "/"})

    assert leads_to(await stranger.get("/me")) == (303, "/me/login")


async def test_a_patients_login_opens_nothing_of_the_staffs(phone: Phone) -> None:
    mine = await phone()
    await register(mine)

    for path in ("/desk", "/doctor", "/doctor/1"):
        assert (await mine.get(path)).headers["location"].startswith("/login")
    assert (await mine.get("/api/v1/events")).status_code == 401


async def test_after_five_wrong_pins_the_next_try_waits(running: Running, phone: Phone) -> None:
    await register(await phone())
    stranger = await phone()
    assert [(await log_in(stranger, "314159")).status_code for _ in range(5)] == [401] * 5

    refused = await log_in(stranger)

    assert (refused.status_code, refused.headers["retry-after"]) == (429, "30")
    assert "in 30 seconds" in refused.text
    running.clock.forward(seconds=30)
    assert (await log_in(stranger)).status_code == 303


async def test_the_owners_browser_gets_in_while_a_stranger_guesses(phone: Phone) -> None:
    mine, stranger = await phone(), await phone()
    await register(mine)
    await mine.post("/me/logout")
    for _ in range(6):
        await log_in(stranger, "314159")

    assert (await log_in(stranger)).status_code == 429
    assert (await log_in(mine)).status_code == 303


async def test_an_unknown_number_gets_the_same_answers(phone: Phone) -> None:
    await register(await phone())

    answers = []
    for number in ("+918123456789", "+918123456780"):
        stranger = await phone()
        said = [await log_in(stranger, "314159", number) for _ in range(6)]
        answers.append(
            [(one.status_code, one.headers.get("retry-after"), one.text.replace(number, "…")) for one in said]
        )

    assert answers[0] == answers[1]


async def test_the_login_of_an_erased_patient_opens_nothing(running: Running, phone: Phone) -> None:
    mine = await phone()
    await register(mine)
    login = await running.services.people.patients.who(mine.cookies["queue_patient"])
    assert login is not None
    assert login.patient is not None

    await running.services.records.personal_data.erase(login.patient.id, by=DESK)

    assert leads_to(await mine.get("/me")) == (303, "/me/login")
    assert leads_to(await mine.post("/me/tokens", data={"department": "GEN"})) == (303, "/me/login")


async def test_a_family_shares_the_phone(phone: Phone) -> None:
    mine = await phone()
    await register(mine)

    assert leads_to(await mine.post("/me/family", data=ASHA | {"name": "Ravi", "age": "7"})) == (303, "/me")

    assert "Ravi" in (await mine.get("/me")).text
    ids = re.findall(r'action="/me/family/(\d+)"', (await mine.get("/me/family")).text)
    await mine.post(f"/me/family/{ids[0]}")
    assert "Asha Devi" in (await mine.get("/me")).text
    again = await phone()
    await log_in(again)
    assert leads_to(await again.get("/me")) == (303, "/me/family")


async def test_a_member_without_consent_is_not_added(phone: Phone) -> None:
    mine = await phone()
    await register(mine)

    answer = await mine.post("/me/family", data=ASHA | {"name": "Ravi", "consent": ""})

    assert answer.status_code == 422
    assert (await mine.get("/me/family")).text.count("/me/family/") == 1


async def test_patients_of_other_phones_cannot_be_chosen(phone: Phone) -> None:
    await register(await phone(), phone="+91 8123456780")
    mine = await phone()
    await register(mine)

    assert (await mine.post("/me/family/1")).status_code == 404
    assert (await mine.post("/me/family/99999999999999999999")).status_code == 404


async def test_the_profile_is_changed(phone: Phone) -> None:
    mine = await phone()
    await register(mine)
    assert "+91 81234 56789" in (await mine.get("/me/profile")).text

    await mine.post("/me/profile", data=ASHA | {"name": "Asha Kumari", "age": "1991"})

    assert 'value="1991"' in (await mine.get("/me/profile")).text
    assert "Asha Kumari" in (await mine.get("/me")).text
    assert (await mine.post("/me/profile", data=ASHA | {"name": ""})).status_code == 422


async def test_the_pin_is_changed_with_the_old_one_only(phone: Phone) -> None:
    mine = await phone()
    await register(mine)

    assert (await mine.get("/me/pin")).headers["location"] == "/me/profile"
    wrong = await mine.post("/me/pin", data={"old_pin": "314159", "pin": "161803"})
    easy = await mine.post("/me/pin", data={"old_pin": PIN, "pin": "111111"})
    right = await mine.post("/me/pin", data={"old_pin": PIN, "pin": "161803"})

    assert [answer.status_code for answer in (wrong, easy, right)] == [401, 422, 303]
    assert (await log_in(await phone())).status_code == 401
    assert (await log_in(await phone(), "161803")).status_code == 303


async def test_another_site_cannot_make_the_phone_act(running: Running, phone: Phone) -> None:
    mine = await phone()
    await register(mine)

    for headers in ({"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = await mine.post("/me/tokens", data={"department": "GEN"}, headers=headers)
        assert answer.status_code == 403

    assert (await running.services.screens.token_pages.queue("GEN"))["tokens"] == []


async def test_no_name_number_or_pin_reaches_the_log_the_journal_or_an_address(
    running: Running, phone: Phone, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    mine = await phone()
    caplog.set_level("DEBUG", "queue_server")

    answers = [await register(mine), await log_in(mine), await log_in(mine, "314159"), await mine.get("/me")]

    told = caplog.text + str(await running.services.programs.journal.events(0, 1000))
    told += " ".join(str(answer.url) + str(answer.headers) for answer in answers)
    assert [secret for secret in ("Asha", "8123456789", "81234", PHONE, PIN, "314159") if secret in told] == []
