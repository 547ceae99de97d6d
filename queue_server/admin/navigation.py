"""What the administration consists of: one entry a page, with the right that it needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from queue_server.domain.access.actors import Actor
from queue_server.domain.access.authorisation import May, rights_of


def _(sentence: str) -> str:
    """Marks a text for the catalogues; it is translated where it is shown."""
    return sentence


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the administration: where it is, its symbol (icons/icons.svg), its name, what one does there.

    `is_of_abdm`: it is there only where the clinic takes part in ABDM.
    """

    path: str
    icon: str
    name: str
    about: str
    may: May = May.RUN_CLINIC
    is_of_abdm: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Entries that belong together."""

    name: str
    entries: tuple[Entry, ...]


#: Every page of the administration, in the order in which it is shown. A new page is one line here.
GROUPS: tuple[Group, ...] = (
    Group(
        _("The clinic"),
        (
            Entry(
                "/admin/departments",
                "general",
                _("Departments"),
                _("Names, numbers, opening hours, order, pace."),
                May.KEEP_PLACES,
            ),
            Entry("/admin/rooms", "room", _("Rooms"), _("The rooms to which patients are called."), May.KEEP_PLACES),
            Entry(
                "/admin/roster", "clock", _("Duty roster"), _("Who is expected when, in which room."), May.KEEP_ROSTER
            ),
            Entry(
                "/admin/holidays", "moon", _("Holidays"), _("Days on which no numbers are given out."), May.KEEP_ROSTER
            ),
            Entry("/admin/settings", "settings", _("Settings"), _("Name, time zone, languages, the day's beginning.")),
            Entry("/admin/clock", "clock", _("Clock"), _("Whether the server's clock can be believed; put it right.")),
            Entry(
                "/admin/letterhead",
                "printer",
                _("Letterhead and slips"),
                _("What papers and slips look like."),
                May.KEEP_PAPERS,
            ),
            Entry(
                "/admin/set-up-file",
                "down",
                _("Settings as a file"),
                _("Save the settings, or copy them to another server."),
            ),
        ),
    ),
    Group(
        _("People"),
        (
            Entry("/admin/staff", "people", _("Staff"), _("Doctors, desk, administrators: accounts and passwords.")),
            Entry("/admin/roles", "person", _("Roles"), _("Roles of your own: some rights, in some departments.")),
        ),
    ),
    Group(
        _("Patients' data"),
        (
            Entry(
                "/admin/records",
                "document",
                _("Patients' records"),
                _("Open them for a stated reason, which the patient sees."),
            ),
            Entry("/admin/retention", "clock", _("Data retention"), _("How long data is kept, and what was deleted.")),
        ),
    ),
    Group(
        _("Doctors' papers"),
        (
            Entry(
                "/admin/certificates", "document", _("Certificates"), _("What each certificate says."), May.KEEP_PAPERS
            ),
            Entry(
                "/admin/medicines", "medicine", _("Medicines"), _("What doctors find when they type."), May.KEEP_PAPERS
            ),
            Entry(
                "/admin/words",
                "language",
                _("Words on papers"),
                _("What papers say of doses, in all languages."),
                May.KEEP_PAPERS,
            ),
        ),
    ),
    Group(
        _("Figures"),
        (
            Entry(
                "/admin/analytics",
                "chart",
                _("Analytics"),
                _("Patients, waits, doctors and devices, for any days."),
                May.SEE_FIGURES,
            ),
            Entry(
                "/admin/accuracy",
                "target",
                _("Estimated waits"),
                _("How accurate the waiting times were that patients were told."),
                May.SEE_FIGURES,
            ),
        ),
    ),
    Group(
        _("Other software"),
        (
            Entry("/admin/programs", "key", _("Programs"), _("Keys and messages for other software.")),
            Entry("/admin/abdm", "qr", _("ABDM"), _("Numbers by the ABHA app; codes to hang up."), is_of_abdm=True),
        ),
    ),
    Group(
        _("Messages"),
        (Entry("/admin/alerts", "bell", _("Alerts"), _("E-mail and SMS to patients: what was sent, what it costs.")),),
    ),
    Group(
        _("Screens and printers"),
        (
            Entry(
                "/admin/displays",
                "serving",
                _("Displays"),
                _("What each display shows, how large and how loud."),
                May.KEEP_SCREENS,
            ),
            Entry(
                "/admin/devices",
                "kiosk",
                _("Devices"),
                _("Kiosks, displays and printers: add one, revoke one."),
                May.KEEP_SCREENS,
            ),
            Entry(
                "/admin/voice",
                "speaker",
                _("Voice"),
                _("Record the words that displays and kiosks say."),
                May.KEEP_SCREENS,
            ),
        ),
    ),
)


def groups_for(actor: Actor, *, with_abdm: bool = False) -> list[Group]:
    """What this actor may open, and is there; groups without an entry are left out."""
    rights = rights_of(actor)

    def is_there(entry: Entry) -> bool:
        return entry.may in rights and (with_abdm or not entry.is_of_abdm)

    kept = [Group(group.name, tuple(filter(is_there, group.entries))) for group in GROUPS]
    return [group for group in kept if group.entries]


def entry_at(path: str, groups: Sequence[Group] = GROUPS) -> Entry | None:
    """The entry to which the page at `path` belongs: itself, or the page above it."""
    entries = [entry for group in groups for entry in group.entries]
    return next((entry for entry in entries if path == entry.path or path.startswith(f"{entry.path}/")), None)
