"""The wordings of certificates: built in for every language, and the clinic's own where it has changed one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from babel.dates import format_date

from queue_server.domain.access.actors import Actor
from queue_server.domain.queue.events import Event
from queue_server.domain.records.certificates import Wording, check_wording, fill
from queue_server.domain.records.records import CertificateKind
from queue_server.locale import LANGUAGES, offered, texts
from queue_server.storage.engine.store import Store
from queue_server.storage.records import prescribing_list_rows


def _(sentence: str) -> str:
    """Marks a text for the catalogues; it is translated where it is used."""
    return sentence


#: Title and text of each kind. Places in braces are filled, a sentence in [[…]] goes when a place in it is empty.
BUILT_IN: Mapping[CertificateKind, tuple[str, str]] = {
    CertificateKind.SICK_LEAVE: (
        _("Medical certificate"),
        _(
            "This is to certify that {patient} was examined by me on {seen_on} and is unable to work or attend school"
            " from {from_date} to {to_date} (number of days: {days}) for medical reasons."
            "[[ Diagnosis: {diagnosis}.]]\n\n[[{remarks}]]"
        ),
    ),
    CertificateKind.FITNESS: (
        _("Certificate of fitness"),
        _(
            "This is to certify that I examined {patient} on {seen_on}. In my opinion {patient} is fit to resume work"
            " or school from {from_date}.\n\n[[{remarks}]]"
        ),
    ),
    CertificateKind.ATTENDANCE: (
        _("Certificate of attendance"),
        _(
            "This is to certify that {patient} attended {clinic}, {department}, on {seen_on} with the token {token}."
            "\n\n[[{remarks}]]"
        ),
    ),
    CertificateKind.REFERRAL: (
        _("Referral"),
        _(
            "[[To: {to_whom}]]\n\nPlease see {patient}, whom I examined on {seen_on}.[[ Diagnosis: {diagnosis}.]]\n\n"
            "[[{remarks}]]\n\nThank you for your opinion and further care."
        ),
    ),
}


def built_in(kind: CertificateKind, language: str) -> Wording:
    """The wording that comes with the program."""
    # The percent sign is no place here, so nothing is filled in.
    title, text = (texts(language).gettext(part) for part in BUILT_IN[kind])
    return Wording(kind, offered(language), title, text)


def sample(wording: Wording, clinic: str, today: date) -> tuple[str, str]:
    """Title and text with every place filled, for looking at. Raises `BadInput` for a wording that cannot be filled."""
    checked = check_wording(wording)
    words = texts(wording.language)

    def day(days: int) -> str:
        return format_date(today + timedelta(days=days), "d MMMM y", locale=words.language)

    values = {
        "patient": words.gettext("Sample Patient"),
        "age": "34",
        "sex": words.gettext("female"),
        "doctor": words.gettext("Doctor"),
        "clinic": clinic,
        "department": words.gettext("General"),
        "token": "G-012",
        "seen_on": day(0),
        "today": day(0),
        "from_date": day(0),
        "to_date": day(2),
        "days": "3",
        "diagnosis": words.gettext("fever"),
        "remarks": words.gettext("Rest at home."),
        "to_whom": words.gettext("District hospital"),
    }
    return fill(checked.title, values), fill(checked.text, values)


class CertificateWordings:
    """What a certificate says before its places are filled."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def all(self) -> dict[tuple[CertificateKind, str], tuple[Wording, bool]]:
        """Every kind in every language, and whether it is the clinic's own wording."""
        async with self._store.reading() as connection:
            own = {(each.kind, each.language): each for each in await prescribing_list_rows.wordings(connection)}
        places = [(kind, language) for kind in CertificateKind for language in LANGUAGES]
        return {place: (own.get(place) or built_in(*place), place in own) for place in places}

    async def one(self, kind: CertificateKind, language: str) -> Wording:
        """The wording that counts now."""
        return (await self.all())[kind, offered(language)][0]

    async def save(self, wording: Wording, *, by: Actor) -> None:
        """The certificate reads like this from now on; the built-in wording is no wording of the clinic's own.

        Raises `BadInput`.
        """
        checked = check_wording(wording)
        async with self._store.transaction() as work:
            if checked == built_in(checked.kind, checked.language):
                await prescribing_list_rows.remove_wording(work, checked.kind, checked.language)
            else:
                await prescribing_list_rows.save_wording(work, checked)
            data = {"certificate": checked.kind, "language": checked.language}
            work.record(Event("wording_changed", work.now, str(by), data=data))

    async def restore(self, kind: CertificateKind, language: str, *, by: Actor) -> None:
        """The built-in wording counts again."""
        await self.save(built_in(kind, language), by=by)
