"""Registering a patient at the desk: the clerk types, the patient agrees and chooses the PIN."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_server.domain.access.authorisation import May
from queue_server.domain.errors import BadInput, PhoneTaken, QueueError, TooManyTries
from queue_server.services.people.patients import PersonForm
from queue_server.services.records.attaching import PhoneAndPin
from queue_server.web.bodies import form
from queue_server.web.errors import STATUS, looked_up
from queue_server.web.identity import allowed, services
from queue_server.web.pages import Page, language_of, page, say
from queue_server.web.state import Request

FIELDS = ("name", "age", "sex", "language", "phone", "pin", "consent", "number")


@dataclass(frozen=True)
class RegisterAtDeskPage(Page):
    """Registering a patient. `done` is who has been registered, `wrong` the field that `error` is about."""

    template = "desk/register.html"

    typed: dict[str, str]
    done: str = ""
    wrong: str = ""
    error: str = ""


async def register_page(request: Request) -> Response:
    """The form; `number` is the token that the patient has in hand."""
    await allowed(request, May.RUN_DESK)
    number = request.query_params.get("number", "")[:12]
    return page(request, RegisterAtDeskPage(_untyped(request) | {"number": number}))


async def register(request: Request) -> Response:
    """The patient is registered, and the number, if one was given, is the patient's."""
    by = await allowed(request, May.RUN_DESK)
    typed = await form(request, *FIELDS)
    known = services(request)
    person = PersonForm(typed["name"], typed["age"], typed["sex"], typed["language"])
    try:
        patient = await known.people.patients.register_for(
            typed["phone"], typed["pin"], person, "desk", version=typed["consent"]
        )
    except (BadInput, PhoneTaken, TooManyTries) as error:
        wrong, words = _words(request, error)
        return _again(request, typed, error, words, wrong)
    if typed["number"]:
        proof = PhoneAndPin(typed["phone"], typed["pin"], patient.id)
        try:
            await known.records.attaching.by_number(typed["number"], proof, by=by)
        except QueueError as error:
            words = say(request, "The patient is registered, but the number could not be attached.")
            return _again(request, typed, error, words)
    return page(request, RegisterAtDeskPage(_untyped(request), done=typed["name"]))


def _untyped(request: Request) -> dict[str, str]:
    return dict.fromkeys(FIELDS, "") | {"sex": "unsaid", "language": language_of(request)}


def _again(request: Request, typed: dict[str, str], error: QueueError, words: str, wrong: str = "") -> Response:
    """The form once more, with what is wrong; a PIN is never sent back."""
    shown = RegisterAtDeskPage(typed | {"pin": ""}, wrong=wrong, error=words)
    return page(request, shown, looked_up(STATUS, type(error)))


def _words(request: Request, error: BadInput | PhoneTaken | TooManyTries) -> tuple[str, str]:
    """The field that is wrong, if it is one, and what to say. Raises `error` where the form has no such field."""
    if isinstance(error, PhoneTaken):
        return "", say(request, "This phone is registered with another PIN. The family's PIN is needed.")
    if isinstance(error, TooManyTries):
        seconds = error.details["retry_after_s"]
        return "", say(request, "Too many wrong PINs. Please try again in %(count)s seconds.", count=seconds)
    sentences = {
        "name": say(request, "Please write the name."),
        "age": say(request, "Please write an age or a year of birth."),
        "phone": say(request, "This is not a phone number. Please check the digits."),
        "pin": say(request, "A PIN has six digits that are not easy to guess."),
        "consent": say(request, "The patient has to agree first."),
    }
    name = str(error.details["field"])
    if name not in sentences:
        raise error
    return name, sentences[name]


routes: list[BaseRoute] = [
    Route("/desk/patients/new", register_page),
    Route("/desk/patients/new", register, methods=["POST"]),
]
