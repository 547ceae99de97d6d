"""How often is too often.

What fails (a wrong password, code, key or link) counts per address; what succeeds counts per whoever proved who they
are. So a whole clinic behind one address, with thirty displays and a crowd of phones, is never in its own way, and
whoever guesses is slowed down.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from limits import RateLimitItem, parse

from queue_server.domain.access.actors import Actor
from queue_server.domain.errors import NotFound, WrongCode, WrongDigits
from queue_server.web.rate_limiter import Limits
from queue_server.web.state import HTTPConnection

#: Tries to log in from one address, right or wrong: a hospital's morning shift passes, a dictionary does not.
LOGINS = parse("300 per minute")
#: Wrong passwords for one account from one address. From elsewhere its owner still gets in …
WRONG_PASSWORDS = parse("10 per 5 minutes")
#: … until so many addresses try that it must be an attack.
WRONG_PASSWORDS_FROM_ANYWHERE = parse("100 per hour")
#: Patients' tries to log in, and registrations, from one address: a waiting room shares one.
PATIENT_LOGINS = parse("300 per minute")
REGISTRATIONS = parse("120 per 10 minutes")
#: Wrong PINs from one address, for whatever phone numbers; each number counts for itself as well.
WRONG_PINS = parse("100 per 10 minutes")
#: Codes for a new PIN: for one phone number, and from one address. An SMS costs money, and annoys.
CODES_FOR_PHONE = parse("3 per hour")
CODES_FROM_ADDRESS = parse("30 per 10 minutes")
#: New PINs that one person at the desk gives out.
PINS_AT_DESK = parse("60 per hour")
#: Wrong enrolment codes, device keys and links from one address.
WRONG_CODES = parse("20 per 10 minutes")
WRONG_KEYS = parse("300 per minute")
WRONG_LINKS = parse("120 per minute")
#: Wrong digits for one slip from one address. From elsewhere whoever holds the slip still gets in …
WRONG_DIGITS = parse("5 per hour")
#: … until so many addresses guess; at the kiosk, where nobody guesses from afar, also then.
WRONG_DIGITS_FROM_ANYWHERE = parse("15 per hour")
#: From one address for whatever slips; a person at the desk types many patients'.
WRONG_DIGITS_FROM_ADDRESS = parse("60 per 10 minutes")
WRONG_DIGITS_AT_DESK = parse("30 per hour")
#: PDFs of many documents, each of which takes the server a second, for one patient or slip.
BUNDLES = parse("10 per 10 minutes")
#: Tokens that one device, program or person issues.
ISSUES = {"kiosk": parse("1200 per minute"), "program": parse("6000 per minute")}
ISSUES_BY_PEOPLE = parse("300 per minute")
#: Changes of how one patient, or the holder of one slip, wants to be told.
ALERT_CHOICES = parse("30 per hour")
#: Openings of one slip's page, and of live lines by one link, device, program or person.
LINK_PAGES = parse("240 per minute")
LINES = parse("240 per minute")
#: Live lines of phones from one address: after a restart a whole hospital comes back at once, through one router.
LINES_FROM_ANYBODY = parse("20000 per minute")


def limits(connection: HTTPConnection) -> Limits:
    """What this process has counted."""
    return connection.state["limits"]


def address(connection: HTTPConnection) -> str:
    """Where the asker is: an address, of IPv6 the network, since one household has a whole network of those."""
    host = connection.client.host if connection.client else ""
    try:
        found = ipaddress.ip_address(host.split("%")[0])
    except ValueError:
        return "nowhere"
    if found.version == 4:
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, 64), strict=False))


def trying_digits(connection: HTTPConnection, key: str) -> AbstractContextManager[None]:
    """Inside, the digits of the slip with this link are compared. Raises `RateLimited` after too many wrong ones."""
    here = address(connection)
    tries = (
        (WRONG_DIGITS, "digits", (key, here)),
        (WRONG_DIGITS_FROM_ANYWHERE, "digits", (key,)),
        (WRONG_DIGITS_FROM_ADDRESS, "digits", (here,)),
    )
    return limits(connection).trying(lambda error: isinstance(error, WrongDigits), *tries)


def trying_digits_at_kiosk(connection: HTTPConnection, key: str) -> AbstractContextManager[None]:
    """As `trying_digits`, for whoever stands at a kiosk: what others guess elsewhere does not count there."""
    tries = (WRONG_DIGITS, "digits", (key, "kiosk")), (WRONG_DIGITS_FROM_ADDRESS, "digits", (address(connection),))
    return limits(connection).trying(lambda error: isinstance(error, WrongDigits), *tries)


def trying_code(connection: HTTPConnection, key: str) -> AbstractContextManager[None]:
    """As `trying_digits`, for the displays' code that the holder of this link types."""
    tries = (WRONG_DIGITS, "here", (key,)), (WRONG_DIGITS_FROM_ADDRESS, "here", (address(connection),))
    return limits(connection).trying(lambda error: isinstance(error, WrongCode), *tries)


@contextmanager
def reading_slip(connection: HTTPConnection, key: str) -> Iterator[None]:
    """Inside, a slip with this link is looked up. Raises `RateLimited` after too many, or too many wrong ones."""
    limits(connection).count(LINK_PAGES, "page", key)
    try:
        yield
    except NotFound:
        count_wrong(connection, WRONG_LINKS, "link")
        raise


def trying_digits_at_desk(connection: HTTPConnection, by: Actor) -> AbstractContextManager[None]:
    """As `trying_digits`, for a member of staff."""
    tries = ((WRONG_DIGITS_AT_DESK, "digits", (str(by),)),)
    return limits(connection).trying(lambda error: isinstance(error, WrongDigits), *tries)


def count_issue(connection: HTTPConnection, by: Actor) -> None:
    """One more token by this actor. Raises `RateLimited`."""
    limits(connection).count(ISSUES.get(by.kind, ISSUES_BY_PEOPLE), "issue", str(by))


def count_wrong(connection: HTTPConnection, limit: RateLimitItem, name: str) -> None:
    """One more wrong guess from this address. Raises `RateLimited`."""
    limits(connection).count(limit, name, address(connection))
