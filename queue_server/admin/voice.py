"""The clinic's own voice: somebody reads the words of a language, one after the other."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from display.announcing.reading import ToRead, needed, text_of
from queue_server.admin.layout import framed
from queue_server.domain.access.actors import Actor
from queue_server.domain.access.authorisation import May
from queue_server.domain.errors import BadInput, NotFound, TooLarge
from queue_server.domain.voice.recordings import LARGEST_FILE, LONGEST_S, RATE
from queue_server.locale import LANGUAGES, offered
from queue_server.web.bodies import check_storable, file_content, form, sent_form
from queue_server.web.body_limits import in_words
from queue_server.web.identity import allowed, services
from queue_server.web.pages import Page, say
from queue_server.web.state import Request

PATH = "/admin/voice"
#: This page alone may ask for the microphone.
_MICROPHONE = {"Permissions-Policy": "camera=(), geolocation=(), microphone=(self)"}


@dataclass(frozen=True)
class Word:
    """A word that is read: its key, what is read, and whether the clinic has recorded it or a voice is shipped."""

    key: str
    text: str
    is_recorded: bool
    is_shipped: bool


@dataclass(frozen=True)
class VoicePage(Page):
    """The words of a language: first those of the clinic's calls, then what else can be said."""

    template = "admin/voice.html"

    chosen: str
    first: list[Word]
    more: list[Word]
    #: Language, own name, how many words are recorded.
    counts: list[tuple[str, str, int]]
    rate: int = RATE
    longest_s: int = LONGEST_S
    largest: str = in_words(LARGEST_FILE)
    error: str = ""
    loaded: str = ""


async def voice(request: Request) -> Response:
    """The words of one language."""
    by = await allowed(request, May.KEEP_SCREENS)
    return await _page(request, by, status=200)


async def record(request: Request) -> Response:
    """The body is the word, as a WAV file; answers how it is kept."""
    by = await allowed(request, May.KEEP_SCREENS)
    language, word = _asked(request)
    if word not in {one.key for one in await _words(request, language)}:
        raise BadInput("word", "This word is never said.")
    await services(request).clinic.voices.record(language, word, await request.body(), by=by)
    return JSONResponse({"word": word})


async def sound(request: Request) -> Response:
    """The word as displays and kiosks say it."""
    await allowed(request, May.KEEP_SCREENS)
    language, word = _asked(request)
    clip = (await services(request).clinic.voices.bundle(language)).clip(word)
    if clip is None:
        raise NotFound("This word has not been recorded.")
    kind = "audio/wav" if clip.startswith(b"RIFF") else "audio/ogg"
    return Response(clip, media_type=kind, headers={"Cache-Control": "no-store"})


async def remove(request: Request) -> Response:
    """The shipped voice says the word again."""
    by = await allowed(request, May.KEEP_SCREENS)
    language, word = _language(request), (await form(request, "word"))["word"]
    await services(request).clinic.voices.remove(language, word, by=by)
    return RedirectResponse(f"{PATH}?in={language}", 303)


async def export(request: Request) -> Response:
    """Every recording in one file."""
    await allowed(request, May.KEEP_SCREENS)
    headers = {"Content-Disposition": 'attachment; filename="smart-queue-voice.zip"', "Cache-Control": "no-store"}
    return Response(await services(request).clinic.voices.export(), 200, headers, "application/zip")


async def load(request: Request) -> Response:
    """The recordings are those of the file."""
    by = await allowed(request, May.KEEP_SCREENS)
    try:
        async with sent_form(request, max_files=1, max_fields=2) as data:
            content = await file_content(request, data.get("file"))
        count = await services(request).clinic.voices.load(content or b"", by=by)
    except TooLarge:
        wrong = say(request, "The file is too large: at most %(largest)s.", largest=in_words(LARGEST_FILE))
        return await _page(request, by, status=413, error=wrong)
    except BadInput:
        wrong = say(request, "This is not a file of recordings, or one of them cannot be heard. Nothing was changed.")
        return await _page(request, by, status=422, error=wrong)
    return RedirectResponse(f"{PATH}?loaded={count}", 303)


async def _page(request: Request, by: Actor, *, status: int, error: str = "") -> Response:
    known = services(request).clinic
    clinic = await known.queues.clinic()
    chosen = offered(request.query_params.get("in"), clinic.languages[0])
    recorded = await known.voices.recorded()
    # As screens look for them (`voice-bundle.js`): whatever the capitals.
    shipped = {key.casefold() for key in known.voices.shipped(chosen)}
    first = await _needed(request, chosen)
    more = [one for one in await _words(request, chosen) if one not in first]

    def shown(one: ToRead) -> Word:
        return Word(one.key, one.text, (chosen, one.key) in recorded, one.key.casefold() in shipped)

    loaded = request.query_params.get("loaded", "")
    page = VoicePage(
        chosen=chosen,
        first=[shown(one) for one in first],
        more=[shown(one) for one in more],
        counts=[(code, LANGUAGES[code], sum(own == code for own, _ in recorded)) for code in clinic.languages],
        error=error,
        loaded=loaded if loaded.isdecimal() else "",
    )
    response = framed(request, by, page, status)
    response.headers.update(_MICROPHONE)
    return response


async def _words(request: Request, language: str) -> list[ToRead]:
    """Everything that can be said: what the clinic's calls need, and every shipped word."""
    first = await _needed(request, language)
    known = {one.key for one in first}
    shipped = services(request).clinic.voices.shipped(language)
    return [*first, *(ToRead(key, text_of(language, key)) for key in sorted(shipped) if key not in known)]


async def _needed(request: Request, language: str) -> list[ToRead]:
    queues = services(request).clinic.queues
    departments, rooms = await queues.departments(), await queues.rooms()
    names = [one.names[language] for one in departments if language in one.names]
    called = [name for one in rooms if (name := one.name(language))]
    return needed(language, [one.prefix for one in departments], [room.code for room in rooms], [*names, *called])


def _asked(request: Request) -> tuple[str, str]:
    word = request.query_params.get("word", "")
    check_storable("word", word)
    return _language(request), word


def _language(request: Request) -> str:
    language = str(request.path_params["language"])
    if language not in LANGUAGES:
        raise NotFound("There is no such language.")
    return language


routes: list[BaseRoute] = [
    Route(PATH, voice),
    Route(f"{PATH}/file", export),
    Route(f"{PATH}/file", load, methods=["POST"]),
    Route(f"{PATH}/{{language}}/word", sound),
    Route(f"{PATH}/{{language}}/word", record, methods=["POST"]),
    Route(f"{PATH}/{{language}}/remove", remove, methods=["POST"]),
]
