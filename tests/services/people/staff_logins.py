"""How the doctors of a test's clinic log in."""

from queue_server.domain.access.actors import Actor
from tests.clinics import Clinic

PASSWORD = "correct horse"
OTHER = "a nicer mule"
CHROME = "Mozilla/5.0 (Windows NT 10.0) Chrome/130.0"


async def log_in(clinic: Clinic, login: str = "first", password: str = PASSWORD) -> str:
    """The secret of a new session."""
    return await clinic.services.people.accounts.log_in(login, password, user_agent=CHROME)


async def who(clinic: Clinic, secret: str, *, is_use: bool = True) -> Actor | None:
    """Whose session it is."""
    return await clinic.services.people.accounts.who(secret, is_use=is_use)


async def me(clinic: Clinic, secret: str) -> Actor:
    """Whose session it is, which is open."""
    found = await who(clinic, secret)
    assert found is not None
    return found
