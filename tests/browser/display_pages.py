"""The display's page as somebody who waits sees and hears it."""

from dataclasses import dataclass, field

from playwright.async_api import Page

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.services.queue.issuing import IssueRequest
from tests.browser.server import ServedClinic

DOCTOR = Actor(ActorKind.DOCTOR, 1, "Doctor 1")
KIOSK = Actor(ActorKind.KIOSK, 1, place="entrance")
FULL_HD = {"width": 1920, "height": 1080}


@dataclass
class Heard:
    """What a display has announced, in this order and across reloads: ("announced" | "announcement-over", call_id)."""

    events: list[tuple[str, int]] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)

    @property
    def calls(self) -> list[int]:
        """The calls that were begun."""
        return [call_id for kind, call_id in self.events if kind == "announced"]

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is being announced."""
        return not self.events or self.events[-1][0] == "announcement-over"

    def overlaps(self) -> bool:
        """Whether an announcement has begun before the one before it was over."""
        kinds = [kind for kind, _ in self.events]
        return kinds != ["announced", "announcement-over"] * (len(kinds) // 2)

    async def listen_to(self, page: Page) -> None:
        """Before the page is opened."""

        def note(kind: str, call_id: int, number: str) -> None:
            self.events.append((kind, call_id))
            if kind == "announced":
                self.numbers.append(number)

        await page.expose_function("noteAnnouncement", note)
        await page.add_init_script(
            "for (const kind of ['announced', 'announcement-over']) addEventListener(kind, "
            "({type, detail}) => noteAnnouncement(type, detail.call_id, detail.number));"
        )


async def open_display(page: Page, clinic: ServedClinic, url: str = "") -> Heard:
    """The enrolled display shows the board."""
    heard = Heard()
    await heard.listen_to(page)
    await clinic.enrol(page, clinic.display_key)
    await page.goto(f"{url or clinic.url}/display/main")
    await page.wait_for_selector(".department")
    return heard


async def issue(clinic: ServedClinic, *departments: str) -> list[str]:
    """A token in each of these departments; their numbers."""
    services = clinic.services
    return [(await services.queue.issuing.issue(IssueRequest(code), by=KIOSK)).number for code in departments]


async def shows(page: Page, number: str, room: str, within_ms: float = 10_000) -> None:
    """The number and its room are the large ones."""
    await page.wait_for_function(
        "([number, room]) => document.querySelector('#hero .giant .number')?.textContent === number"
        " && document.querySelector('#hero .giant-room .number')?.textContent === room",
        arg=[number, room],
        timeout=within_ms,
    )


async def recent(page: Page) -> list[str]:
    """The smaller calls, "G-012 3"."""
    found: list[str] = await page.evaluate(
        "[...document.querySelectorAll('.recent-call')].map((item) => "
        "[...item.querySelectorAll('.number')].map((part) => part.textContent).join(' '))"
    )
    return found


async def all_shown(page: Page) -> set[str]:
    """Every number on the display with its room, large and small."""
    large = await page.evaluate("[...document.querySelectorAll('#hero .number')].map((e) => e.textContent).join(' ')")
    return {large, *await recent(page)}
