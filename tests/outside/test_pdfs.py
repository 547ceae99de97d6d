"""PDFs of laboratories, scanners and mail programs: what every viewer opens is taken, what acts is not kept."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from typing import Literal

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, ObjectStreamMode, String

from queue_server.domain.records.refused_files import Refusal
from queue_server.inspecting.refused import Refused
from queue_server.inspecting.sanitising import looked_into

PAGES = 5


def a_report(*, is_packed: bool = False, is_linear: bool = False) -> bytes:
    """A report of five pages with something on each; `is_packed`: objects and cross-references in streams."""
    made = pikepdf.new()
    for number in range(PAGES):
        made.add_blank_page(page_size=(200, 200))
        made.pages[number].Contents = made.make_stream(f"% {random.Random(number).randbytes(1500).hex()}".encode())
    out = io.BytesIO()
    mode = ObjectStreamMode.generate if is_packed else ObjectStreamMode.disable
    made.save(out, object_stream_mode=mode, linearize=is_linear, deterministic_id=True)
    return out.getvalue()


def pages_of(content: bytes) -> list[bytes]:
    """What stands on each page of what is kept. Raises `Refused`."""
    media_type, kept = looked_into(content)
    assert media_type == "application/pdf"
    with pikepdf.open(io.BytesIO(kept), attempt_recovery=False) as pdf:
        assert not pdf.is_encrypted
        return [page.Contents.read_bytes() for page in pdf.pages]


def moved_pointer(content: bytes) -> bytes:
    """The same with the last `startxref` off by one."""
    at = content.rindex(b"startxref") + len(b"startxref\n")
    number, rest = content[at:].split(b"\n", 1)
    return content[:at] + str(int(number) + 1).encode() + b"\n" + rest


HABITS: dict[str, Callable[[bytes], bytes]] = {
    "startxref off by one": moved_pointer,
    "startxref off by one and zero bytes behind": lambda content: moved_pointer(content) + bytes(2000),
    "zero bytes behind": lambda content: content + bytes(2000),
    "comments behind": lambda content: content + b"% sent by the laboratory's own program\n" * 60,
    "two line ends before": lambda content: b"\r\n\r\n" + content,
    "a byte order mark before": lambda content: b"\xef\xbb\xbf" + content,
    "a kilobyte before": lambda content: b"Content-Type: application/pdf\r\n".ljust(1024) + content,
}


@pytest.mark.parametrize("is_linear", [False, True], ids=["", "linear"])
@pytest.mark.parametrize("is_packed", [False, True], ids=["classic", "packed"])
@pytest.mark.parametrize("habit", HABITS)
def test_a_pdf_that_every_viewer_opens_keeps_all_its_pages(habit: str, is_packed: bool, is_linear: bool) -> None:
    report = a_report(is_packed=is_packed, is_linear=is_linear)

    assert pages_of(HABITS[habit](report)) == pages_of(report)


@pytest.mark.parametrize("is_linear", [False, True], ids=["", "linear"])
@pytest.mark.parametrize("is_packed", [False, True], ids=["classic", "packed"])
@pytest.mark.parametrize("missing", [3, 7, 9, 15, 30])
def test_a_pdf_without_its_last_bytes_keeps_all_its_pages(missing: int, is_packed: bool, is_linear: bool) -> None:
    report = a_report(is_packed=is_packed, is_linear=is_linear)

    assert pages_of(report[:-missing]) == pages_of(report)


@pytest.mark.parametrize("is_linear", [False, True], ids=["", "linear"])
@pytest.mark.parametrize("is_packed", [False, True], ids=["classic", "packed"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_pdf_of_which_a_part_is_missing_is_damaged(share: float, is_packed: bool, is_linear: bool) -> None:
    report = a_report(is_packed=is_packed, is_linear=is_linear)

    with pytest.raises(Refused) as refused:
        looked_into(report[: int(len(report) * share)])

    assert refused.value.reason == Refusal.BROKEN


@pytest.mark.parametrize("revision", [2, 3, 4, 6])
def test_a_protection_that_asks_for_no_password_is_dropped(revision: Literal[2, 3, 4, 6]) -> None:
    rights = pikepdf.Encryption(owner="owner", user="", R=revision, aes=revision >= 4, metadata=revision >= 4)
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(a_report())) as made:
        made.save(out, encryption=rights)

    assert pages_of(out.getvalue()) == pages_of(a_report())


def test_a_protection_that_asks_for_a_password_is_refused() -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(a_report())) as made:
        made.save(out, encryption=pikepdf.Encryption(owner="owner", user="secret"))

    with pytest.raises(Refused) as refused:
        looked_into(out.getvalue())

    assert refused.value.reason == Refusal.ENCRYPTED


def kept_of(change: Callable[[pikepdf.Pdf], None]) -> pikepdf.Pdf:
    """What is kept of a report that was changed."""
    made = pikepdf.open(io.BytesIO(a_report()))
    change(made)
    out = io.BytesIO()
    made.save(out)
    return pikepdf.open(io.BytesIO(looked_into(out.getvalue())[1]))


def link_to(address: str) -> Dictionary:
    return Dictionary(
        Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=Dictionary(S=Name.URI, URI=String(address))
    )


@pytest.mark.parametrize(
    "address", ["javascript:void(0)", "JavaScript:void(0)", "file:///tmp/x", " file:///tmp/x", "data:,x", "x.html", ""]
)
@pytest.mark.parametrize("is_indirect", [False, True])
def test_a_link_to_anything_but_web_mail_and_telephone_does_nothing(address: str, is_indirect: bool) -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        link = link_to(address)
        if is_indirect:
            link.A = pdf.make_indirect(link.A)
        pdf.pages[0].Annots = Array([pdf.make_indirect(link)])

    with kept_of(change) as kept:
        assert "/A" not in kept.pages[0].Annots[0]


@pytest.mark.parametrize(
    "address", ["https://clinic.example/r", "HTTP://clinic.example", "mailto:a@b.example", "tel:112"]
)
def test_a_link_to_web_mail_or_telephone_stays(address: str) -> None:
    with kept_of(lambda pdf: pdf.pages[0].__setattr__("Annots", Array([link_to(address)]))) as kept:
        assert str(kept.pages[0].Annots[0].A.URI) == address


def test_nothing_happens_by_itself() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        web = pdf.make_indirect(
            Dictionary(S=Name.URI, URI=String("https://clinic.example"), Next=Dictionary(S=Name.Named))
        )
        pdf.Root.OpenAction = web
        pdf.Root.AA = Dictionary(WC=web)
        pdf.Root.URI = Dictionary(Base=String("https://clinic.example"))
        pdf.pages[0].AA = Dictionary(O=web)
        field = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), AA=Dictionary(E=web), A=web)
        pdf.pages[1].Annots = Array([pdf.make_indirect(field)])

    with kept_of(change) as kept:
        assert not {"/OpenAction", "/AA", "/URI"} & set(kept.Root.keys())
        assert "/AA" not in kept.pages[0]
        widget = kept.pages[1].Annots[0]
        assert "/AA" not in widget
        assert "/Next" not in widget.A


def test_nothing_is_fetched_from_elsewhere() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].Contents.F = String("https://clinic.example/page")
        pdf.pages[0].Contents.FFilter = Name.FlateDecode
        form = pdf.make_stream(b"", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 9, 9]))
        form.Ref = Dictionary(F=String("other.pdf"), Page=0)
        pdf.pages[1].Resources = Dictionary(XObject=Dictionary(Fm0=form))

    with kept_of(change) as kept:
        assert not {"/F", "/FFilter"} & set(kept.pages[0].Contents.keys())
        assert "/Ref" not in kept.pages[1].Resources.XObject.Fm0
        assert kept.pages[0].Contents.read_bytes()


def test_an_outline_keeps_its_order_and_its_jumps() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        with pdf.open_outline() as outline:
            outline.root.extend(pikepdf.OutlineItem(f"Page {number}", number) for number in range(3))

    with kept_of(change) as kept, kept.open_outline() as outline:
        assert [item.title for item in outline.root] == ["Page 0", "Page 1", "Page 2"]
