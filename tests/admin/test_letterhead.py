"""The letterhead: what an administrator sets stands on the next paper and the next slip."""

from __future__ import annotations

import base64
import re
from io import BytesIO

import httpx2
import pytest
from PIL import Image, ImageDraw

from kiosk.printing import Slip
from queue_server.domain.access.actors import SYSTEM
from queue_server.services.clinic.configuration_file import BadFile
from tests.papers.examples import a_prescription
from tests.papers.pictures import texts
from tests.running import Running

PATH = "/admin/letterhead"
PAGE = {"Accept": "text/html", "Accept-Language": "en"}
FORM = {"name": "Sunrise Clinic", "lines": "12 Station Road\r\n\r\nPhone 01234 567890", "is_logo_on_slips": "yes"}


def a_picture(mode: str = "RGB", size: tuple[int, int] = (400, 200), form: str = "PNG") -> bytes:
    picture = Image.new(mode, size, "white")
    ImageDraw.Draw(picture).ellipse((20, 20, size[0] // 2, size[1] - 20), fill="black")
    written = BytesIO()
    picture.save(written, form)
    return written.getvalue()


async def upload(boss: httpx2.AsyncClient, content: bytes, name: str = "logo.png") -> httpx2.Response:
    return await boss.post(f"{PATH}/logo", files={"logo": (name, content, "image/png")})


async def the_slip(running: Running, language: str = "en") -> Slip:
    """What the next slip says."""
    await running.issue(place="entrance")
    services = running.services
    agent = await services.devices.registry.who(running.keys["agent"])
    assert agent is not None
    return Slip.from_json(
        await services.devices.printing.compose((await services.devices.printing.open_jobs(agent))[-1])
    )


def seen_in(page: httpx2.Response) -> str:
    found = re.search(r'name="seen" value="([^"]*)"', page.text)
    assert found
    return found[1].replace("&#34;", '"')


async def test_what_is_saved_stands_on_the_next_paper(running: Running, boss: httpx2.AsyncClient) -> None:
    answer = await boss.post(PATH, data=FORM)

    assert answer.status_code == 303
    (text,) = texts((await running.services.records.papers.make(a_prescription(), "en")).pdf)
    for words in ("Sunrise Clinic", "12 Station Road", "Phone 01234 567890"):
        assert words in text
    assert "Phone 01234 567890" in (await boss.get(PATH)).text


async def test_without_a_name_papers_bear_the_clinics(running: Running, boss: httpx2.AsyncClient) -> None:
    await boss.post(PATH, data=FORM | {"name": ""})

    assert (await running.services.clinic.letterheads.current()).name == "Test clinic"


async def test_the_last_sentence_is_on_the_next_slip_in_its_language(
    running: Running, boss: httpx2.AsyncClient
) -> None:
    await boss.post(PATH, data=FORM | {"slip_texts.en": "Window 2.", "slip_texts.hi": "खिड़की 2।"})

    assert (await the_slip(running)).extra_text == "Window 2."
    assert (await running.services.clinic.letterheads.on_slip("hi")).text == "खिड़की 2।"
    assert (await running.services.clinic.letterheads.on_slip("ta")).text == "Window 2."


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "1", "CMYK"])
async def test_a_logo_is_reencoded_for_papers_and_slips(running: Running, boss: httpx2.AsyncClient, mode: str) -> None:
    sent = a_picture(mode if mode != "P" else "L", form="JPEG" if mode == "CMYK" else "PNG") if mode != "P" else b""
    content = sent or _paletted()

    assert (await upload(boss, content)).status_code == 303

    letterhead = await running.services.clinic.letterheads.current()
    assert letterhead.logo is not None
    assert letterhead.logo != content
    assert len(letterhead.logo) <= 12_000
    slip = await the_slip(running)
    assert slip.logo is not None
    with Image.open(BytesIO(base64.b64decode(slip.logo))) as drawn:
        assert (drawn.mode, drawn.size) == ("1", (240, 120))


def _paletted() -> bytes:
    written = BytesIO()
    Image.open(BytesIO(a_picture())).quantize(8).save(written, "PNG")
    return written.getvalue()


async def test_a_photograph_as_a_logo_leaves_papers_small(running: Running, boss: httpx2.AsyncClient) -> None:
    noise = BytesIO()
    Image.effect_noise((700, 400), 90).convert("RGB").save(noise, "JPEG")

    await upload(boss, noise.getvalue(), "photo.jpg")

    for language in ("ur", "te"):
        assert len((await running.services.records.papers.make(a_prescription(language), language)).pdf) <= 70_000


async def test_a_logo_can_be_kept_off_slips_and_removed(running: Running, boss: httpx2.AsyncClient) -> None:
    await upload(boss, a_picture())
    await boss.post(PATH, data={name: value for name, value in FORM.items() if name != "is_logo_on_slips"})
    assert (await the_slip(running)).logo is None
    assert (await running.services.clinic.letterheads.current()).logo is not None

    await boss.post(f"{PATH}/logo/remove")

    assert (await running.services.clinic.letterheads.current()).logo is None


async def test_a_logo_of_20_megabytes_gets_a_clear_answer(running: Running, boss: httpx2.AsyncClient) -> None:
    answer = await upload(boss, bytes(20 * 1024 * 1024))

    assert answer.status_code == 413
    assert "a logo has at most 2 MB" in answer.text
    assert (await running.services.clinic.letterheads.current()).logo is None


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7",
        b"\x89PNG\r\n\x1a\n",
        a_picture()[:90],
        a_picture(form="GIF"),
    ],
    ids=["svg", "pdf", "head only", "cut", "gif"],
)
async def test_what_is_no_picture_is_refused(running: Running, boss: httpx2.AsyncClient, content: bytes) -> None:
    answer = await upload(boss, content)

    assert answer.status_code == 422
    assert "This is not a PNG or JPEG picture" in answer.text
    assert (await running.services.clinic.letterheads.current()).logo is None


async def test_a_pixel_flood_is_refused_before_it_is_read(running: Running, boss: httpx2.AsyncClient) -> None:
    flood = BytesIO()
    Image.new("1", (30_000, 30_000)).save(flood, "PNG")

    answer = await upload(boss, flood.getvalue())

    assert answer.status_code == 422


async def test_a_form_without_a_picture_is_refused(boss: httpx2.AsyncClient) -> None:
    assert (await upload(boss, b"")).status_code == 422
    assert (await boss.post(f"{PATH}/logo", data={"logo": "text"})).status_code == 422


@pytest.mark.parametrize(
    ("field", "text"),
    [("name", "x" * 81), ("lines", "x" * 91), ("lines", "\n".join("abcdef")), ("slip_texts.en", "x" * 161)],
)
async def test_what_is_too_long_is_said_at_its_field(
    running: Running, boss: httpx2.AsyncClient, field: str, text: str
) -> None:
    answer = await boss.post(PATH, data=FORM | {field: text})

    assert answer.status_code == 422
    assert f'id="field-{field}-error"' in answer.text
    assert (await running.services.clinic.letterheads.heading()).name == ""


async def test_two_editors_do_not_overwrite_each_other(running: Running, boss: httpx2.AsyncClient) -> None:
    seen = seen_in(await boss.get(PATH))
    await boss.post(PATH, data=FORM | {"seen": seen})

    answer = await boss.post(PATH, data=FORM | {"name": "Moonrise Clinic", "seen": seen})

    assert answer.status_code == 409
    assert "Sunrise Clinic" in answer.text
    assert 'value="Moonrise Clinic"' in answer.text
    assert (await running.services.clinic.letterheads.heading()).name == "Sunrise Clinic"
    again = await boss.post(PATH, data=FORM | {"name": "Moonrise Clinic", "seen": seen_in(answer)})
    assert again.status_code == 303


async def test_the_previews_show_what_is_being_typed(boss: httpx2.AsyncClient) -> None:
    pictures = {}
    for name, (language, typed) in {
        "set": ("hi", None),
        "typed": ("hi", {"name": "परीक्षण क्लिनिक", "lines": "A\nB"}),
        "urdu": ("ur", None),
        "nonsense": ("../..", {"lines": "\x01" * 4000, "name": "x" * 900}),
    }.items():
        method = "GET" if typed is None else "POST"
        answer = await boss.request(method, f"{PATH}/paper.png", params={"in": language}, data=typed)
        assert answer.headers["content-type"] == "image/png"
        with Image.open(BytesIO(answer.content)) as picture:
            assert picture.size[0] > 800
        pictures[name] = answer.content

    assert len(set(pictures.values())) == 4
    typed = {"lines": "", "slip_texts.hi": "खिड़की 2।"}
    slip = await boss.post(f"{PATH}/slip.png", params={"in": "hi"}, data=typed)
    assert slip.content != (await boss.get(f"{PATH}/slip.png", params={"in": "hi"})).content


async def test_an_address_cannot_make_the_server_draw_what_it_says(boss: httpx2.AsyncClient) -> None:
    plain = await boss.get(f"{PATH}/paper.png", params={"in": "en"})

    asked = await boss.get(f"{PATH}/paper.png", params={"in": "en", "lines": "x" * 8000, "name": "Other"})

    assert asked.content == plain.content


async def test_a_line_that_is_too_long_is_drawn_as_far_as_it_may_be(boss: httpx2.AsyncClient) -> None:
    async def drawn(line: str) -> bytes:
        return (await boss.post(f"{PATH}/paper.png", params={"in": "en"}, data={"lines": line, "name": ""})).content

    assert await drawn("x" * 8000) == await drawn("x" * 90)


async def test_who_did_it_is_in_the_journal(running: Running, boss: httpx2.AsyncClient) -> None:
    await boss.post(PATH, data=FORM)
    await upload(boss, a_picture())

    kinds = [line["kind"] for line in await running.services.programs.journal.events(0, 1000)]

    assert kinds[-2:] == ["letterhead", "logo"]


async def test_the_page_is_in_hindi_too(boss: httpx2.AsyncClient) -> None:
    page = await boss.get(f"{PATH}?lang=hi")

    assert "लेटरहेड और पर्चियाँ" in page.text
    assert "Letterhead" not in page.text


async def test_the_words_travel_with_the_set_up_file(running: Running, boss: httpx2.AsyncClient) -> None:
    await boss.post(PATH, data=FORM | {"slip_texts.hi": "खिड़की 2।"})
    file, by = running.services.clinic.configuration, SYSTEM
    text = await file.export()
    await boss.post(PATH, data={"name": "Another"})

    await file.load(text, by=by)

    heading = await running.services.clinic.letterheads.heading()
    assert (heading.name, heading.lines) == ("Sunrise Clinic", ("12 Station Road", "Phone 01234 567890"))
    assert heading.slip_texts == {"hi": "खिड़की 2।"}
    assert heading.is_logo_on_slips


async def test_a_file_without_a_letterhead_leaves_it_as_it_is(running: Running, boss: httpx2.AsyncClient) -> None:
    await boss.post(PATH, data=FORM)
    file = running.services.clinic.configuration
    without = "\n".join(line for line in (await file.export()).splitlines() if '"letterhead"' not in line)

    await file.load(without, by=SYSTEM)

    assert (await running.services.clinic.letterheads.heading()).name == "Sunrise Clinic"


async def test_a_file_with_a_bad_letterhead_is_refused_with_its_line(running: Running) -> None:
    file = running.services.clinic.configuration
    bad = (await file.export()).replace('"lines": ""', '"lines": "%s"' % ("x" * 91))

    with pytest.raises(BadFile) as error:
        await file.load(bad, by=SYSTEM)

    assert [(line, problem.field) for line, problem in error.value.lines] == [(4, "letterhead.lines")]
