"""The people who share a phone: who acts, one more, what is known of one, another PIN."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.domain.errors import BadInput, LoginRequired, RateLimited
from queue_server.domain.people.patients import phone_in_words
from queue_server.patients.account import HOME
from queue_server.patients.forms import (
    PERSON,
    PersonFields,
    consent_of,
    known_as,
    page_language,
    person_of,
    shown,
    wrong,
)
from queue_server.patients.guarding import headers_of, status_of
from queue_server.services.people.patients import PatientLogin
from queue_server.web.bodies import form, path_number
from queue_server.web.identity import services
from queue_server.web.pages import Page, keep_language, page
from queue_server.web.patient_login import browser_secret, chosen_patient, patient_login, session_secret
from queue_server.web.state import Request


@dataclass(frozen=True)
class FamilyPage(Page):
    """Who acts, and the form for one more."""

    template = "patients/family.html"

    login: PatientLogin
    person: PersonFields
    wrong: dict[str, str]


@dataclass(frozen=True)
class ProfilePage(Page):
    """What is known of a patient, and the PIN. `phone` as people write it."""

    template = "patients/profile.html"

    phone: str
    person: PersonFields
    wrong: dict[str, str]


async def family(request: Request) -> Response:
    """Choose who acts, or add somebody."""
    return _family(request, await patient_login(request))


async def add(request: Request) -> Response:
    """One more person shares the phone, and acts from now on."""
    login = await patient_login(request)
    fields = await form(request, "consent", *PERSON)
    try:
        member = person_of(fields)
        await services(request).people.patients.add_member(session_secret(request), login, member, consent_of(fields))
    except BadInput as error:
        return _family(request, login, 422, wrong(request, error), fields)
    return RedirectResponse(HOME, 303)


async def choose(request: Request) -> Response:
    """This member of the family acts from now on."""
    login = await patient_login(request)
    chosen = path_number(request, "patient")
    await services(request).people.patients.choose(session_secret(request), login, chosen)
    response = RedirectResponse(HOME, 303)
    keep_language(response, next(member.person.language for member in login.family if member.id == chosen))
    return response


async def profile(request: Request) -> Response:
    """Show the patient's profile."""
    await chosen_patient(request)
    return _profile(request, await patient_login(request))


async def change(request: Request) -> Response:
    """Save the patient's profile."""
    patient = await chosen_patient(request)
    fields = await form(request, *PERSON)
    try:
        await services(request).people.patients.change(patient, person_of(fields))
    except BadInput as error:
        return _profile(request, await patient_login(request), 422, wrong(request, error), fields)
    response = RedirectResponse(HOME, 303)
    keep_language(response, fields["language"])
    return response


async def pin_page(request: Request) -> Response:
    """Lead to the profile, which has the form: whoever reloads the page after a wrong PIN asks for this address."""
    await patient_login(request)
    return RedirectResponse("/me/profile", 303)


async def change_pin(request: Request) -> Response:
    """The phone has another PIN; logins elsewhere end."""
    login = await patient_login(request)
    await chosen_patient(request)
    fields = await form(request, "old_pin", "pin")
    known, browser = services(request).people.patients, browser_secret(request)
    try:
        await known.change_pin(session_secret(request), login, fields["old_pin"], fields["pin"], browser)
    except (BadInput, LoginRequired, RateLimited) as error:
        said = wrong(request, error)
        pin_wrong = {"old_pin": said["form"]} if "form" in said else said
        response = _profile(request, login, status_of(error), pin_wrong)
        response.headers.update(headers_of(error))
        return response
    return RedirectResponse(HOME, 303)


def _family(
    request: Request,
    login: PatientLogin,
    status: int = 200,
    said: dict[str, str] | None = None,
    fields: dict[str, str] | None = None,
) -> Response:
    language = page_language(request, login.patient or login.family[0])
    return page(request, FamilyPage(login, shown(request, fields), said or {}), status, language)


def _profile(
    request: Request,
    login: PatientLogin,
    status: int = 200,
    said: dict[str, str] | None = None,
    fields: dict[str, str] | None = None,
) -> Response:
    patient = login.patient or login.family[0]
    profile_page = ProfilePage(phone_in_words(login.phone), shown(request, fields or known_as(patient)), said or {})
    return page(request, profile_page, status, page_language(request, patient))


routes: list[BaseRoute] = [
    Route("/me/family", family),
    Route("/me/family", add, methods=["POST"]),
    Route("/me/family/{patient:int}", choose, methods=["POST"]),
    Route("/me/profile", profile),
    Route("/me/profile", change, methods=["POST"]),
    Route("/me/pin", pin_page),
    Route("/me/pin", change_pin, methods=["POST"]),
]
