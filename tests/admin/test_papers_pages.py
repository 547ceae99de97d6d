"""What an administrator sets for doctors' papers: medicines from a file, and the wording of certificates."""

from __future__ import annotations

import httpx2
import pytest

from queue_server.domain.records.medicine_files import LARGEST_FILE, MOST_ROWS
from queue_server.web.body_limits import FILES, in_words
from tests.doctor_console.conftest import LogIn, log_in, running

__all__ = ["log_in", "running"]

GOOD = b"generic,form,strength\nQuuxamide,tablet,5 mg|10 mg\n"
BAD = b"generic,form,strength\nQuuxamide,tablet,5 mg\n,tablet,1 mg\nZyxol,,\n"


@pytest.fixture
async def boss(log_in: LogIn) -> httpx2.AsyncClient:
    """The administrator, who reads pages."""
    client = await log_in("boss")
    client.headers["Accept"] = "text/html"
    return client


async def test_a_file_extends_what_doctors_find(boss: httpx2.AsyncClient, log_in: LogIn) -> None:
    answer = await boss.post("/admin/medicines", files={"file": ("list.csv", GOOD)}, follow_redirects=True)

    assert "2 added; 0 were on the list already." in answer.text
    doctor = await log_in("first")
    found = (await doctor.get("/doctor/writing/medicines?q=quux")).json()["medicines"]
    assert [medicine["strength"] for medicine in found] == ["5 mg", "10 mg"]


async def test_a_bad_line_is_named_and_nothing_is_added(boss: httpx2.AsyncClient) -> None:
    answer = await boss.post("/admin/medicines", files={"file": ("list.csv", BAD)})

    assert answer.status_code == 422
    assert "<td>3</td><td>The name of the medicine is missing.</td>" in answer.text
    assert "<td>4</td><td>The form (tablet, syrup …) is missing.</td>" in answer.text
    assert "Quuxamide" not in (await boss.get("/admin/medicines")).text


async def test_no_file_at_all_and_a_huge_one_are_refused(boss: httpx2.AsyncClient) -> None:
    assert (await boss.post("/admin/medicines", data={"file": "x"})).status_code == 422
    assert (await boss.post("/admin/medicines", data={"file": "\0"})).status_code == 422
    assert (await boss.post("/admin/medicines", files={"file": ("x.csv", b"x" * 600_000)})).status_code == 413


async def test_a_file_of_the_promised_size_is_read_and_a_larger_one_refused_with_the_limit(
    boss: httpx2.AsyncClient,
) -> None:
    lines = [f"Quuxamide {'long ' * 13}{number % 99},tablet,{number} mg\n" for number in range(1, MOST_ROWS + 1)]
    content = ("generic,form,strength\n" + "".join(lines)).encode()
    assert 300_000 < len(content) <= LARGEST_FILE

    taken = await boss.post("/admin/medicines", files={"file": ("list.csv", content)}, follow_redirects=True)
    refused = await boss.post("/admin/medicines", files={"file": ("list.csv", content + b"#" * 200_000)})

    assert "5000 added" in taken.text
    assert (refused.status_code, "at most 512 KB" in refused.text) == (413, True)
    assert "At most 5000 lines and 512 KB." in refused.text


async def test_columns_that_are_left_out_are_named(boss: httpx2.AsyncClient) -> None:
    content = b"generic,form,strength,Price\nQuuxamide,tablet,5 mg,9.50\n"

    answer = await boss.post("/admin/medicines", files={"file": ("list.csv", content)})

    assert "1 added" in answer.text
    assert "These columns were ignored: price" in answer.text


@pytest.mark.parametrize("path", FILES)
async def test_every_form_with_a_file_names_its_limit_when_it_refuses_one(boss: httpx2.AsyncClient, path: str) -> None:
    field = "logo" if "logo" in path else "file"

    answer = await boss.post(path, files={field: ("x", b"x" * (FILES[path] + 1))})

    assert answer.status_code == 413
    assert in_words(FILES[path]) in answer.text


async def test_a_wording_is_previewed_saved_and_brought_back(boss: httpx2.AsyncClient) -> None:
    path = "/admin/certificates/fitness/en"
    typed = {"title": "Fit", "text": "{patient} is fit from {from_date}.", "do": "preview"}

    preview = await boss.post(path, data=typed)
    assert "Sample Patient is fit from" in preview.text
    assert "The clinic" not in (await boss.get("/admin/certificates")).text.partition("Fitness")[2][:200]

    saved = await boss.post(path, data=typed | {"do": "save"}, follow_redirects=True)
    assert "Saved." in saved.text
    assert "{patient} is fit" in saved.text

    restored = await boss.post(path, data=typed | {"do": "restore"}, follow_redirects=True)
    assert "Certificate of fitness" in restored.text


@pytest.mark.parametrize("text", ["{name} is fit", "{patient", "", "x" * 5000])
async def test_a_wording_that_cannot_be_filled_is_refused_and_kept_in_the_form(
    boss: httpx2.AsyncClient, text: str
) -> None:
    answer = await boss.post("/admin/certificates/fitness/en", data={"title": "Fit", "text": text, "do": "save"})

    assert answer.status_code == 422
    assert "Please check this" in answer.text
    assert f">{text}</textarea>" in answer.text


async def test_other_certificates_and_languages_are_not_there(boss: httpx2.AsyncClient) -> None:
    for path in ("birth/en", "fitness/xx"):
        assert (await boss.get(f"/admin/certificates/{path}")).status_code == 404
