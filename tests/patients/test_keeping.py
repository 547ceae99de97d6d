"""On the phone: a slip's number is kept with the patient's visits, and the code for desk and kiosk."""

import re

import httpx2

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.records.documents import DocumentKind
from queue_server.services.records.attaching import PhoneCode
from tests.patients.conftest import Phone
from tests.patients.sending import register
from tests.running import Running


def link(token: dict[str, str]) -> str:
    """The slip's link, without the host."""
    return "/t/" + token["status_url"].rsplit("/", 1)[1]


async def my_page(phone: httpx2.AsyncClient) -> str:
    """What the patient's own page says."""
    return (await phone.get("/me")).text


async def test_who_is_logged_in_keeps_the_slips_number(running: Running, phone: Phone) -> None:
    mine = await phone()
    await register(mine)
    slip = link(await running.issue())

    assert "Keep with the visits of Asha Devi" in (await mine.get(slip)).text
    answer = await mine.post(f"{slip}/patient")

    assert (answer.status_code, answer.headers["location"]) == (303, slip)
    assert "Kept with the visits of Asha Devi" in (await mine.get(slip)).text
    assert "G-001" in await my_page(mine)


async def test_whoever_is_not_logged_in_is_led_to_the_login_and_back(running: Running, phone: Phone) -> None:
    await register(await phone())
    mine, slip = await phone(), link(await running.issue())
    (login,) = set(re.findall(r'href="(/me/login\?next=[^"]+)"', (await mine.get(slip)).text))

    assert f'name="next" value="{slip}"' in (await mine.get(login)).text
    answer = await mine.post("/me/login", data={"phone": "081234 56789", "pin": "271828", "next": slip})

    assert (answer.status_code, answer.headers["location"]) == (303, slip)


async def test_a_walk_in_whose_visit_is_over_registers_and_has_visit_and_papers_at_once(
    running: Running, phone: Phone
) -> None:
    token = await running.issue()
    slip = link(token)
    doctor = Actor(ActorKind.DOCTOR, 1)
    async with running.services.store.transaction() as work:
        await running.services.records.documents.add(
            work,
            token_id=token["id"],
            patient_id=None,
            kind=DocumentKind.REPORT,
            name="Report",
            media_type="application/pdf",
            content=b"%PDF-",
            by=doctor,
        )
    await running.call_next()
    await running.call_next()
    mine = await phone()
    page = (await mine.get(slip)).text
    assert "Keep this visit in my account" in page
    assert f'<a href="{slip}/papers">There are documents from the doctor for you</a>' in page
    assert f'href="/me/login?next={slip}"' in page

    await register(mine, next=slip)

    assert "Kept with the visits of Asha Devi" in (await mine.get(slip)).text
    assert "Report" in (await mine.get("/me/history")).text


async def test_logging_in_at_the_slip_s_page_keeps_its_number(running: Running, phone: Phone) -> None:
    await register(await phone())
    mine, slip = await phone(), link(await running.issue())

    await mine.post("/me/login", data={"phone": "081234 56789", "pin": "271828", "next": slip})

    assert "Kept with the visits of Asha Devi" in (await mine.get(slip)).text


async def test_the_login_leads_nobody_to_another_site(phone: Phone) -> None:
    await register(await phone())
    mine = await phone()

    answer = await mine.post("/me/login", data={"phone": "081234 56789", "pin": "271828", "next": "//evil.test"})

    assert answer.headers["location"] == "/"


async def test_somebody_elses_number_shows_nothing_of_its_owner(running: Running, phone: Phone) -> None:
    mine, hers, slip = await phone(), await phone(), link(await running.issue())
    await register(mine)
    await register(hers, phone="+91 8123456780", name="Meera")
    await mine.post(f"{slip}/patient")

    page = (await hers.get(slip)).text
    await hers.post(f"{slip}/patient")

    assert "Asha" not in page
    assert "Keep" not in page
    assert "G-001" not in await my_page(hers)


async def test_the_code_on_the_page_attaches(running: Running, phone: Phone) -> None:
    mine = await phone()
    await register(mine)
    token = await running.issue()
    page = await mine.post("/me/code")

    (code,) = re.findall(r"\b([A-Z2-9]{4}-[A-Z2-9]{4})\b", page.text)
    await running.services.records.attaching.by_number(token["number"], PhoneCode(code), by=Actor(ActorKind.DESK, 1))

    assert "<svg" in page.text
    assert "no-store" in page.headers["cache-control"]
    assert "G-001" in await my_page(mine)
