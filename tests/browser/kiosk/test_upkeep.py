"""js/kiosk/upkeep.js: when a kiosk's page loads itself anew, and when it must not."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from playwright.async_api import Error, Page, Route

from tests.browser.conftest import PageFactory, Serve
from tests.browser.rendering import pages
from tests.waiting import until

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><html lang="en"><title>Kiosk</title><body>
<script type="application/json" id="page-data">{"version": "one", "time_zone": "Asia/Kolkata"}</script></body></html>"""
KEEP_UP = """
async ({ isQuiet, isStale, serverNow, isRefused }) => {
  const { keepUp } = await import("/static/test/js/kiosk/upkeep.js");
  const kept = keepUp({ isQuiet: () => isQuiet, isStale: () => isStale, serverNow: () => new Date(serverNow) });
  navigation.addEventListener("navigate", () => { window.isLeaving = true; });
  if (isRefused) kept.refused();
}
"""
# Asks twice itself: by then, what the page has asked before is answered, and it has acted upon it.
IS_LEAVING = """
async () => {
  const ask = () => fetch("/kiosk", { method: "HEAD", cache: "no-store" }).catch(() => null);
  await ask();
  await ask();
  return window.isLeaving === true;
}
"""
NOON = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
NIGHT = datetime(2026, 11, 21, 22, 5, tzinfo=UTC)  # 03:35 in the clinic
HOURS_MS = 3_600_000


@dataclass
class Machine:
    """A page that keeps itself up. `version` is what the server gives, none for another page than the kiosk's."""

    page: Page
    version: str | None = "one"
    is_reachable: bool = True
    loads: list[str] = field(default_factory=list)

    async def answer(self, route: Route) -> None:
        if route.request.method != "HEAD":
            self.loads.append(route.request.url)
            await route.continue_()
        elif not self.is_reachable:
            await route.abort()
        else:
            headers = {"Kiosk-Version": self.version} if self.version else {}
            await route.fulfill(status=200, headers=headers | {"Smart-Queue": "1"})

    async def runs(
        self,
        *,
        hours: int,
        now: datetime = NOON,
        is_quiet: bool = True,
        is_stale: bool = False,
        is_refused: bool = False,
    ) -> int:
        """How often the page has loaded itself after so many hours and a minute."""
        told = {
            "isQuiet": is_quiet,
            "isStale": is_stale,
            "serverNow": now.isoformat(),
            "isRefused": is_refused,
        }
        await self.page.clock.fast_forward(hours * HOURS_MS)
        await self.page.evaluate(KEEP_UP, told)
        before = len(self.loads)
        is_leaving = await self._is_leaving()
        for _ in range(4):
            if not is_leaving:
                await self.page.clock.run_for(60_500)
                is_leaving = await self._is_leaving()
        if is_leaving:
            await until(lambda: len(self.loads) > before)
            await self.page.wait_for_load_state()
        return len(self.loads) - before

    async def _is_leaving(self) -> bool:
        """Whether the page has begun to load itself anew, once nothing that it has asked is open."""
        try:
            return bool(await self.page.evaluate(IS_LEAVING))
        except Error:  # it was gone before it could say so
            return True


@pytest_asyncio.fixture(loop_scope="session")
async def machine(serve: Serve, page_factory: PageFactory) -> Machine:
    """An open page whose clock the test moves."""
    server = await serve(pages(kiosk=lambda lang: PAGE))
    page = await page_factory(may_fail=True)
    await page.clock.install()
    made = Machine(page)
    await page.route("**/kiosk", made.answer)
    await page.goto(f"{server.url}/kiosk")
    return made


async def test_by_day_nothing_happens(machine: Machine) -> None:
    assert await machine.runs(hours=9) == 0


async def test_at_half_past_three_the_page_starts_afresh(machine: Machine) -> None:
    assert await machine.runs(hours=9, now=NIGHT) == 1


async def test_a_page_that_is_young_has_had_its_fresh_start(machine: Machine) -> None:
    assert await machine.runs(hours=1, now=NIGHT) == 0


async def test_nobody_is_interrupted(machine: Machine) -> None:
    machine.version = "two"

    assert await machine.runs(hours=9, now=NIGHT, is_quiet=False) == 0


async def test_a_new_version_is_taken_at_once(machine: Machine) -> None:
    machine.version = "two"

    assert await machine.runs(hours=0) == 1


async def test_a_line_that_stays_dead_while_the_server_answers_is_a_reason(machine: Machine) -> None:
    assert await machine.runs(hours=1, is_stale=True) == 1


async def test_without_the_server_the_page_stays_as_it_is(machine: Machine) -> None:
    machine.is_reachable = False

    assert await machine.runs(hours=9, now=NIGHT, is_stale=True) == 0


async def test_a_kiosk_that_is_no_longer_enrolled_shows_the_page_that_asks_for_a_key(machine: Machine) -> None:
    machine.version = None

    assert await machine.runs(hours=0, is_stale=True, is_refused=True) == 1
