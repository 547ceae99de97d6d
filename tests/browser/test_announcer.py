"""Which calls a display announces: the rules of js/display/announcer.js, run in Chromium."""

import json
from typing import Any

import pytest
from playwright.async_api import Page

from tests.browser.conftest import PageFactory, Serve
from tests.browser.rendering import pages

pytestmark = pytest.mark.browser

BLANK = "<!doctype html><title>Blank</title><link rel='icon' href='data:,'>"

# `Display` plays one: `sees` hands it a view's calls, `finishes` ends an announcement; both return what it says now.
DISPLAY = """
const T0 = Date.parse("2026-11-22T04:30:00Z");
const call = (id, age = 0, more = {}) => ({call_id: id, number: `G-${String(id).padStart(3, "0")}`, room: "1",
  department: "GEN", at: new Date(T0 - age * 1000).toISOString().replace(".000", ""), is_recall: false, say: [],
  ...more});
class Display {
  constructor(done = null) { this.state = m.begin(done); this.now = T0; this.said = []; }
  later(seconds) { this.now += seconds * 1000; return this; }
  sees(...calls) { this.state = m.receive(this.state, calls, this.now); return this.goesOn(); }
  finishes() { this.state = {...this.state, current: null, hasBegun: false}; return this.goesOn(); }
  goesOn() {
    if (this.state.current === null) {
      this.state = m.begun(m.next(this.state, this.now));
      if (this.state.current) this.said.push(this.state.current.call_id);
    }
    return this;
  }
  finishesAll() { while (this.state.current) this.finishes(); return this; }
  reloads() { this.state = m.begin(JSON.parse(JSON.stringify(this.state.done))); return this; }
  shows() {
    const {hero, recent} = m.shown(this.state, this.now);
    return [hero?.call_id ?? null, ...recent.map(({call}) => call.call_id)];
  }
}
"""


async def played(serve: Serve, page_factory: PageFactory, script: str) -> Any:
    """What the script returns; it has `Display`, `call` and the module `m`."""
    server = await serve(pages(blank=lambda language: BLANK))
    page: Page = await page_factory()
    await page.goto(f"{server.url}/blank")
    body = f"const m = await import('/static/test/js/display/announcer.js'); {DISPLAY} {script}"
    return await page.evaluate(f"(async () => {{ {body} }})()")


async def test_calls_of_the_same_second_are_announced_one_after_the_other_by_their_ids(
    serve: Serve, page_factory: PageFactory
) -> None:
    script = """
        const display = new Display([]).sees(call(3), call(1), call(5), call(2), call(4));
        const first = display.shows();
        const began = [...display.said];
        return {began, first, said: display.finishesAll().said, last: display.shows()};
    """

    result = await played(serve, page_factory, script)

    assert result["began"] == [1]
    assert result["first"] == [1, 2, 3, 4, 5]
    assert result["said"] == [1, 2, 3, 4, 5]
    assert result["last"] == [5, 4, 3, 2, 1]


async def test_after_a_gap_what_was_missed_is_announced_and_what_is_old_only_shown(
    serve: Serve, page_factory: PageFactory
) -> None:
    script = """
        const display = new Display([]).sees(call(1)).finishesAll().later(600);
        const view = [call(1), call(2, -300), call(3, -479), call(4, -481), call(5, -599)];
        return {said: display.sees(...view).finishesAll().said,
            shown: display.shows(), last: m.lastCall(display.state)};
    """

    result = await played(serve, page_factory, script)

    assert result["said"] == [1, 4, 5]
    assert result["shown"] == [5, 4, 3, 2, 1]
    assert result["last"] == 5


async def test_a_first_start_announces_only_what_has_just_been_called(serve: Serve, page_factory: PageFactory) -> None:
    script = """
        const display = new Display(null).sees(call(1, 100), call(2, 15), call(3, 14), call(4, 2)).finishesAll();
        return {said: display.said, later: display.later(60).sees(call(1, 100), call(2, 15), call(5, -30)).said};
    """

    result = await played(serve, page_factory, script)

    assert result["said"] == [3, 4, 5]
    assert result["later"] == [3, 4, 5]


async def test_a_reload_in_the_middle_says_nothing_twice_and_goes_on(serve: Serve, page_factory: PageFactory) -> None:
    script = """
        const view = [call(1), call(2), call(3)];
        const display = new Display([]).sees(...view).finishes();
        return display.reloads().later(3).sees(...view).finishesAll().said;
    """

    assert await played(serve, page_factory, script) == [1, 2, 3]


async def test_a_call_seen_after_a_later_one_is_not_lost(serve: Serve, page_factory: PageFactory) -> None:
    script = (
        "return new Display([]).sees(call(1), call(3)).finishesAll().sees(call(1), call(2), call(3)).finishesAll().said"
    )

    assert await played(serve, page_factory, script) == [1, 3, 2]


async def test_until_its_chime_begins_a_call_gives_way_to_an_earlier_one(
    serve: Serve, page_factory: PageFactory
) -> None:
    script = """
        let state = m.next(m.receive(m.begin([]), [call(2)], T0), T0);
        const seen = [state.current.call_id, m.lastCall(state)];
        state = m.receive(state, [call(1), call(2), call(3)], T0);
        const settled = [state.current.call_id, ...state.queue.map((waiting) => waiting.call_id)];
        state = m.receive(m.begun(m.receive(state, [call(2), call(3)], T0)), [call(1), call(2), call(3)], T0);
        return {seen, settled, begun: state.current.call_id, done: m.lastCall(state)};
    """

    result = await played(serve, page_factory, script)

    assert result == {"seen": [2, 0], "settled": [1, 2, 3], "begun": 2, "done": 2}


async def test_a_server_restored_from_a_backup_counts_from_lower_ids_and_is_heard(
    serve: Serve, page_factory: PageFactory
) -> None:
    script = """
        const display = new Display([]).sees(call(498), call(499), call(500)).finishesAll().reloads().later(3600);
        display.sees(call(300, 90000), call(301, 80000)).finishesAll();
        const after = m.lastCall(display.state);
        display.later(10).sees(call(300, 90000), call(301, 80000), call(302, -3605)).finishesAll();
        return {said: display.said, after};
    """

    result = await played(serve, page_factory, script)

    assert result["said"] == [498, 499, 500, 302]
    assert result["after"] == 301


async def test_the_same_id_at_another_time_is_another_call(serve: Serve, page_factory: PageFactory) -> None:
    script = "return new Display([]).sees(call(7)).finishesAll().later(30).sees(call(7, -29)).finishesAll().said"

    assert await played(serve, page_factory, script) == [7, 7]


async def test_an_undone_call_disappears_and_is_not_announced(serve: Serve, page_factory: PageFactory) -> None:
    script = """
        const display = new Display([]).sees(call(1), call(2), call(3)).later(1).sees(call(1), call(3));
        const shown = display.shows();
        return {shown, said: display.finishesAll().said};
    """

    result = await played(serve, page_factory, script)

    assert result["shown"] == [1, 3]
    assert result["said"] == [1, 3]


async def test_a_call_that_is_undone_while_it_is_announced_makes_way_for_the_next(
    serve: Serve, page_factory: PageFactory
) -> None:
    script = """
        const display = new Display([]).sees(call(1), call(2), call(3)).later(1);
        display.state = m.receive(display.state, [call(2), call(3)], display.now);
        const current = display.state.current;
        return {current, said: display.goesOn().finishesAll().said, shown: display.shows()};
    """

    result = await played(serve, page_factory, script)

    assert result["current"] is None
    assert result["said"] == [1, 2, 3]
    assert result["shown"] == [3, 2]


async def test_a_call_that_leaves_the_view_by_its_age_is_said_to_its_end(
    serve: Serve, page_factory: PageFactory
) -> None:
    script = """
        const display = new Display([]).sees(call(1, 119)).later(2).sees(call(2, -1));
        return {current: display.state.current.call_id, said: display.finishesAll().said};
    """

    result = await played(serve, page_factory, script)

    assert result["current"] == 1
    assert result["said"] == [1, 2]


async def test_a_recall_is_announced_again_and_a_number_is_shown_once_with_its_newest_room(
    serve: Serve, page_factory: PageFactory
) -> None:
    script = """
        const first = call(1, 60), second = call(2, 30);
        const again = call(3, 0, {number: "G-001", room: "4", is_recall: true});
        const display = new Display([]).sees(first, second).finishesAll().sees(first, second, again);
        return {said: display.finishesAll().said,
            shown: display.shows(), room: m.shown(display.state, display.now).hero.room};
    """

    result = await played(serve, page_factory, script)

    assert result["said"] == [1, 2, 3]
    assert result["shown"] == [3, 2]
    assert result["room"] == "4"


async def test_the_present_announcement_stays_large_while_later_calls_come_in(
    serve: Serve, page_factory: PageFactory
) -> None:
    script = """
        const display = new Display([]).sees(call(1)).later(1).sees(call(1), call(2, -1));
        return [display.shows(), display.finishes().shows()];
    """

    assert await played(serve, page_factory, script) == [[1, 2], [2, 1]]


async def test_announcements_are_short_only_while_many_wait(serve: Serve, page_factory: PageFactory) -> None:
    script = """
        const display = new Display([]).sees(...[1, 2, 3, 4, 5, 6, 7].map((id) => call(id)));
        const short = [m.isHurried(display.state)];
        while (display.finishes().state.current) short.push(m.isHurried(display.state));
        return short;
    """

    assert await played(serve, page_factory, script) == [True, True, False, False, False, False, False]


async def test_in_a_crowd_everybodys_room_stays_on_the_screen_until_it_could_be_read(
    serve: Serve, page_factory: PageFactory
) -> None:
    script = """
        const display = new Display([]).sees(...[1, 2, 3, 4, 5, 6, 7].map((id) => call(id))).finishesAll();
        return {young: display.shows(), old: display.later(60).shows()};
    """

    result = await played(serve, page_factory, script)

    assert result["young"] == [7, 6, 5, 4, 3, 2, 1]
    assert result["old"] == [7, 6, 5, 4, 3]


async def test_a_clock_that_is_set_back_neither_repeats_nor_silences_a_call(
    serve: Serve, page_factory: PageFactory
) -> None:
    script = """
        const display = new Display([]).sees(call(1)).finishesAll().later(-3600);
        return display.sees(call(1), call(2, 3600)).finishesAll().said;
    """

    assert await played(serve, page_factory, script) == [1, 2]


# A server makes calls, undoes some and reveals some late; the display is cut off and reloaded at random. A call that
# the display saw while it was young is to be announced, unless it was undone or a cut or a reload came before its turn.
HISTORIES = """
const outcome = {calls: 0, announced: 0, problems: [], longest: 0};
for (let seed = 1; seed <= SEEDS; seed += 1) {
  let dice = seed;
  const roll = () => { dice = (Math.imul(dice, 1103515245) + 12345) & 0x7fffffff; return dice / 0x7fffffff; };
  const happens = (chance) => roll() < chance;
  const display = new Display([]);
  const made = [];
  const troubles = [];
  let cutUntil = 0;
  for (let second = 0; second < 900; second += 1) {
    display.now = T0 + second * 1000;
    if (happens(0.06)) {
      const burst = 1 + Math.floor(roll() * 4);
      for (let n = 0; n < burst; n += 1) {
        const from = second + (happens(0.2) ? 2 : 0);
        made.push({...call(made.length + 1, -second), madeAt: second, from, until: Infinity, seen: null});
      }
    }
    if (happens(0.02) && made.length > 0) {
      const unlucky = made[Math.floor(roll() * made.length)];
      unlucky.until = Math.min(unlucky.until, second);
    }
    if (happens(0.01)) cutUntil = second + roll() * 200;
    const isReloaded = happens(0.01);
    if (isReloaded) display.reloads();
    if (isReloaded || second < cutUntil) troubles.push(second);
    if (happens(0.5)) display.finishes();
    if (second < cutUntil) continue;
    const there = made.filter((c) => c.from <= second && c.until > second);
    const young = there.filter((c) => second - c.madeAt < 120);
    for (const c of young) c.seen ??= second;
    display.sees(...(young.length >= 5 ? young : there.slice(-5)));
    outcome.longest = Math.max(outcome.longest, display.state.done.length);
  }
  for (const c of made) {
    const times = display.said.filter((id) => id === c.call_id).length;
    const isTroubled = c.until < Infinity || troubles.some((second) => second >= c.seen && second <= c.madeAt + 120);
    const isDue = c.seen !== null && c.seen - c.madeAt < 60 && c.seen < 780 && !isTroubled;
    if (times > 1) outcome.problems.push(`${seed}: call ${c.call_id} was announced ${times} times`);
    if (times > 0 && c.seen === null) outcome.problems.push(`${seed}: call ${c.call_id} was too old or undone`);
    if (times === 0 && isDue) outcome.problems.push(`${seed}: call ${c.call_id} was lost`);
    outcome.calls += 1;
    outcome.announced += times;
  }
}
return outcome;
"""


async def test_whatever_happens_no_call_is_lost_and_none_is_said_twice(serve: Serve, page_factory: PageFactory) -> None:
    outcome = await played(serve, page_factory, HISTORIES.replace("SEEDS", json.dumps(150)))

    assert outcome["problems"] == []
    assert outcome["announced"] > outcome["calls"] / 2 > 1000
    assert outcome["longest"] <= 200
