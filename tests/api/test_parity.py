"""Whatever staff do on a page other software can do as well, or it is said why not."""

from __future__ import annotations

from pathlib import Path

from queue_server.api.v1 import OPERATIONS

TABLE = Path(__file__).parent.parent / "web" / "access_matrix.txt"

#: Why there are things that only people do.
OWN_NAME = "a doctor signs with the own login and registration number; a program has neither"
SCREEN = "a help of the page itself; a program keeps such things for itself"
PAPER = "something on the clinic's paper: whoever holds it presses"
SECRETS = "accounts, roles, keys and passwords stay with administrators, so that no key can make itself a stronger one"
REASON = "a look at or an end of somebody's records, for which a person answers with a reason"
MACHINE = "about this very machine, its files, clock, gateway or what its people are told"
FIRST = "the first minutes, in which there is no key yet"
SELDOM = "set once for a clinic, on a page that shows what becomes of it; the set-up goes in as one file, too"

#: The page's route → the operation that does the same, or why there is none.
COUNTERPARTS = {
    "/doctor/{room}/next": "POST /api/v1/rooms/{room}/call-next",
    "/doctor/{room}/call": "POST /api/v1/tokens/{token:int}/{action}",
    "/doctor/{room}/undo": "POST /api/v1/tokens/{token:int}/{action}",
    "/doctor/{room}/scan": PAPER,
    "/doctor/{room}/duty": "PUT /api/v1/rooms/{room}/duty",
    "/doctor/{room}/tokens/{token:int}/{action}": "POST /api/v1/tokens/{token:int}/{action}",
    "/doctor/{room}/tokens/{token:int}/recall": "POST /api/v1/tokens/{token:int}/{action}",
    "/doctor/{room}/tokens/{token:int}/transfer": "POST /api/v1/tokens/{token:int}/{action}",
    "/doctor/{room}/tokens/{token:int}/documents": "POST /api/v1/tokens/{token:int}/documents",
    "/doctor/{room}/tokens/{token:int}/documents/{document:int}/remove": OWN_NAME,
    "/doctor/{room}/afterwards": "POST /api/v1/tokens/{token:int}/{action}",
    "/doctor/tokens/{token:int}/{kind}/draft": OWN_NAME,
    "/doctor/tokens/{token:int}/{kind}/discard": OWN_NAME,
    "/doctor/tokens/{token:int}/{kind}/preview": OWN_NAME,
    "/doctor/tokens/{token:int}/{kind}/sign": OWN_NAME,
    "/doctor/tokens/{token:int}/{kind}/correct": OWN_NAME,
    "/doctor/writing/registration": OWN_NAME,
    "/doctor/writing/check": SCREEN,
    "/doctor/writing/favourites": SCREEN,
    "/doctor/writing/favourites/{favourite:int}/remove": SCREEN,
    "/doctor/writing/templates": SCREEN,
    "/doctor/writing/templates/{template:int}/remove": SCREEN,
    "/desk/new": "POST /api/v1/tokens",
    "/desk/scan": PAPER,
    "/desk/patient": "GET /api/v1/patients",
    "/desk/patients/new": "POST /api/v1/patients",
    "/desk/patients/merge": "POST /api/v1/patients/{patient:int}/merge",
    "/desk/pin": SECRETS,
    "/desk/pin/reset": SECRETS,
    "/desk/prints/{job:int}/again": PAPER,
    "/desk/prints/{job:int}/drop": PAPER,
    "/desk/tasks/{task:int}/done": PAPER,
    "/desk/tokens/{token:int}/{action}": "POST /api/v1/tokens/{token:int}/{action}",
    "/desk/afterwards": "POST /api/v1/tokens/{token:int}/{action}",
    "/desk/end-of-day": MACHINE,
    "/set-up": FIRST,
    "/set-up/clinic": FIRST,
    "/set-up/departments": "POST /api/v1/departments",
    "/set-up/rooms/{room:int}": "PATCH /api/v1/rooms/{room}/plan",
    "/set-up/rooms/{room:int}/remove": "DELETE /api/v1/rooms/{room}",
    "/admin/departments/new": "POST /api/v1/departments",
    "/admin/departments/{code}": "PATCH /api/v1/departments/{department}/plan",
    "/admin/departments/{code}/change": "DELETE /api/v1/departments/{department}",
    "/admin/rooms": "POST /api/v1/rooms",
    "/admin/rooms/{room:int}": "PATCH /api/v1/rooms/{room}/plan",
    "/admin/rooms/{room:int}/remove": "DELETE /api/v1/rooms/{room}",
    "/admin/displays/new": "POST /api/v1/displays",
    "/admin/displays/{name}": "PATCH /api/v1/displays/{display}",
    "/admin/displays/{name}/remove": "DELETE /api/v1/displays/{display}",
    "/admin/devices/codes": "POST /api/v1/devices/codes",
    "/admin/devices/{device:int}/revoke": "DELETE /api/v1/devices/{device:int}",
    "/admin/devices/{device:int}/mount": MACHINE,
    "/admin/devices/{device:int}/test": MACHINE,
    "/admin/devices/{device:int}/sound": MACHINE,
    "/admin/holidays": SELDOM,
    "/admin/holidays/{holiday:int}/remove": SELDOM,
    "/admin/roster": SELDOM,
    "/admin/roster/{shift:int}/remove": SELDOM,
    "/admin/settings": SELDOM,
    "/admin/set-up-file": SELDOM,
    "/admin/letterhead": SELDOM,
    "/admin/letterhead/logo": SELDOM,
    "/admin/letterhead/logo/remove": SELDOM,
    "/admin/letterhead/paper.png": SCREEN,
    "/admin/letterhead/slip.png": SCREEN,
    "/admin/certificates/{certificate}/{language}": SELDOM,
    "/admin/medicines": SELDOM,
    "/admin/medicines/{medicine:int}/remove": SELDOM,
    "/admin/voice/file": SELDOM,
    "/admin/voice/{language}/word": SELDOM,
    "/admin/voice/{language}/remove": SELDOM,
    "/admin/abdm/try": MACHINE,
    "/admin/abdm/kiosks": SELDOM,
    "/admin/abdm/links": SELDOM,
    "/admin/alerts/test": MACHINE,
    "/admin/alerts/staff": MACHINE,
    "/admin/alerts/staff/{staff:int}/{channel}/remove": MACHINE,
    "/admin/alerts/{message:int}/again": MACHINE,
    "/admin/alerts/limits/{channel}": MACHINE,
    "/admin/analytics/recipients": MACHINE,
    "/admin/clock/confirm": MACHINE,
    "/admin/clock/set": MACHINE,
    "/admin/records": "GET /api/v1/patients",
    "/admin/records/{patient:int}/erase": REASON,
    "/admin/records/{patient:int}/reason": REASON,
    "/admin/retention": REASON,
    "/admin/staff": SECRETS,
    "/admin/staff/{staff:int}": SECRETS,
    "/admin/staff/{staff:int}/password": SECRETS,
    "/admin/staff/{staff:int}/sessions/end": SECRETS,
    "/admin/staff/{staff:int}/sessions/{mark}/end": SECRETS,
    "/admin/staff/{staff:int}/close": SECRETS,
    "/admin/staff/{staff:int}/open": SECRETS,
    "/admin/staff/{staff:int}/role": SECRETS,
    "/admin/staff/{staff:int}/factor/remove": SECRETS,
    "/admin/roles": SECRETS,
    "/admin/roles/{role:int}": SECRETS,
    "/admin/roles/{role:int}/remove": SECRETS,
    "/admin/programs": SECRETS,
    "/admin/programs/{program:int}/revoke": SECRETS,
    "/admin/programs/webhooks": "POST /api/v1/webhooks",
    "/admin/programs/webhooks/{webhook:int}/state": "PATCH /api/v1/webhooks/{webhook:int}",
    "/admin/programs/webhooks/{webhook:int}/replay": "POST /api/v1/webhooks/{webhook:int}/replay",
    "/admin/programs/webhooks/{webhook:int}/remove": "DELETE /api/v1/webhooks/{webhook:int}",
}


def _pages() -> set[str]:
    """Where staff's pages send something to, from the table of who may what, which has every route."""
    posts = (line.split()[1] for line in TABLE.read_text().splitlines() if line.startswith("POST"))
    return {path for path in posts if path.startswith(("/desk", "/doctor", "/admin", "/set-up"))}


def test_what_a_page_does_the_api_can_do_or_it_is_said_why_not() -> None:
    known = {f"{one.method} {one.path}" for one in OPERATIONS}
    reasons = {OWN_NAME, SCREEN, PAPER, SECRETS, REASON, MACHINE, FIRST, SELDOM}

    assert set(COUNTERPARTS) == _pages()
    assert {path: other for path, other in COUNTERPARTS.items() if other not in known | reasons} == {}
