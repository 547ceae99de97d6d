"""The forms that patients send."""

import httpx2

from queue_server.domain.people.patients import CONSENT_VERSION
from tests.clinics import PHONE, PIN

ASHA = {"name": "Asha Devi", "age": "34", "sex": "female", "language": "en", "consent": CONSENT_VERSION}


async def register(phone: httpx2.AsyncClient, /, **changes: str) -> httpx2.Response:
    """Send the registration form."""
    return await phone.post("/me/register", data=ASHA | {"phone": PHONE, "pin": PIN} | changes)


async def log_in(phone: httpx2.AsyncClient, pin: str = PIN, number: str = PHONE) -> httpx2.Response:
    """Send the login form."""
    return await phone.post("/me/login", data={"phone": number, "pin": pin})


async def take(phone: httpx2.AsyncClient, department: str = "GEN") -> httpx2.Response:
    """Press a department's tile."""
    return await phone.post("/me/tokens", data={"department": department})
