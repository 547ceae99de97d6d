"""The rules that a history must keep, each of them a pure function from the history to what breaks it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from queue_server.domain.queue.events import GENESIS, first_bad_line
from queue_server.domain.queue.numbering import service_day
from queue_server.domain.queue.tokens import IN_ROOM, Action
from tests.chaos.history.recorded import DisplaySeen, History
from tests.chaos.history.replaying import Replay

#: So many examples of each broken rule are told.
EXAMPLES = 5

#: Kinds of deeds that leave exactly one line of their name at their token, and that no other deed leaves.
ALONE = (Action.START, Action.RECALL, Action.HOLD, Action.RESUME, Action.CANCEL, Action.TRANSFER)


def violations(history: History) -> list[str]:
    """Everything that is wrong, with the rule's name before it; empty when the history is as it must be."""
    replay = Replay(history.rules.orders)
    rooms = list(_rooms(history, replay))
    found: list[str] = []
    for rule in RULES:
        broken = list(rule(history, replay))
        name = rule.__name__.removeprefix("_").replace("_", " ")
        found += [f"{name}: {one}" for one in broken[:EXAMPLES]]
        found += [f"{name}: … and {len(broken) - EXAMPLES} more"] * (len(broken) > EXAMPLES)
    return [*found, *(f"one room at a time: {one}" for one in rooms[:EXAMPLES])]


def _rooms(history: History, replay: Replay) -> Iterator[str]:
    """Play the journal; after each call, nobody else is in its room, and its token is in no other."""
    open_rooms: dict[int, str] = {}
    for number, line, _ in history.journal:
        replay.play(number, line)
        if line.token_id is None or line.token_id not in replay.stays:
            continue
        if replay.newest(line.token_id).state not in IN_ROOM:
            open_rooms.pop(line.token_id, None)
        elif line.kind == Action.CALL:
            room = str((line.data or {})["room"])
            if line.token_id in open_rooms:
                yield f"line {number}: token {line.token_id} is called to {room}, still in {open_rooms[line.token_id]}"
            open_rooms[line.token_id] = room


def _numbers_are_given_once(history: History, _: Replay) -> Iterator[str]:
    """By department and day, in the journal and in the list of tokens; an answer has its token's number."""
    zone, roll_over = history.rules.zone, history.rules.roll_over
    issued = [line for _, line, _ in history.journal if line.kind == Action.ISSUE]
    given = Counter(
        (line.department_id, service_day(line.at, zone, roll_over), (line.data or {})["number"]) for line in issued
    )
    yield from (
        f"{number} of department {place} on {day}" for (place, day, number), times in given.items() if times > 1
    )
    listed = Counter((token.service_day, token.number) for token in history.tokens)
    yield from (f"{number} on {day} in the list" for (day, number), times in listed.items() if times > 1)
    numbers = {line.token_id: (line.data or {})["number"] for line in issued}
    for deed in history.deeds:
        for answer in deed.answers:
            if answer.is_yes and answer.token is not None and numbers.get(answer.token, answer.number) != answer.number:
                yield f"token {answer.token} is {numbers[answer.token]}, {deed.actor} was told {answer.number}"


def _days_are_the_clinics_own(history: History, _: Replay) -> Iterator[str]:
    """Each token belongs to the service day of its issue, by the clinic's zone and roll-over."""
    zone, roll_over = history.rules.zone, history.rules.roll_over
    moments = {line.token_id: line.at for _, line, _ in history.journal if line.kind == Action.ISSUE}
    for token in history.tokens:
        if token.id in moments and token.service_day != str(service_day(moments[token.id], zone, roll_over)):
            yield f"{token.number} stands on {token.service_day}"


def _deeds_are_kept_once(history: History, _: Replay) -> Iterator[str]:
    """Who was told yes finds the deed in the journal, once; who was told no, or another's key, finds nothing."""
    actors = {deed.actor for deed in history.deeds}
    lines = Counter((line.actor, line.kind, line.token_id) for _, line, _ in history.journal)
    for kind, line_kind in (("issue", Action.ISSUE), ("call_next", Action.CALL), *((kind, kind) for kind in ALONE)):
        told = _told(history, kind)
        kept = {(actor, token): times for (actor, named, token), times in lines.items() if named == line_kind}
        for actor, token in sorted(told.keys() | kept.keys(), key=str):
            if actor in actors and told[actor, token] != kept.get((actor, token), 0):
                yield f"{actor} {kind} of token {token}: told {told[actor, token]}, kept {kept.get((actor, token), 0)}"
    for kind in (Action.ATTEND, Action.MISS, Action.REQUEUE, Action.UNDO):
        for (actor, token), times in _told(history, kind).items():
            if times > lines[actor, kind, token]:
                yield f"{actor} {kind} of token {token}: told {times}, kept {lines[actor, kind, token]}"


def _told(history: History, kind: str) -> Counter[tuple[str, int | None]]:
    """How often somebody was told that this was done to a token."""
    yes = ((deed.actor, deed.yes.token) for deed in history.deeds if deed.kind == kind and deed.yes)
    return Counter((actor, token) for actor, token in yes if token is not None)


def _repeated_answers_are_the_same(history: History, _: Replay) -> Iterator[str]:
    """Every request with one key that is answered yes is told of the same token; nobody is told yes and no."""
    for deed in history.deeds:
        final = [answer for answer in deed.answers if answer.is_final]
        if len({(answer.is_yes, answer.token, answer.number) for answer in final}) > 1:
            told = sorted(f"{answer.status} {answer.number}" for answer in final)
            yield f"{deed.actor} {deed.kind} was told {', '.join(told)}"


def _everybody_is_answered_in_the_end(history: History, _: Replay) -> Iterator[str]:
    """Once the trouble is over no deed stays open; and nobody ever met an error of the server."""
    yield from history.surprises
    yield from (f"{deed.actor} {deed.kind}: {deed.sent} requests" for deed in history.deeds if not deed.is_done)


def _tokens_stand_where_the_journal_says(history: History, replay: Replay) -> Iterator[str]:
    """The list of tokens has every token that was issued, in its state and department."""
    listed = {token.id: token for token in history.tokens}
    codes = {department_id: code for code, department_id in history.rules.departments.items()}
    for token_id in replay.stays:
        entry, token = replay.newest(token_id), listed.get(token_id)
        place = codes[entry.department_id]
        if token is None:
            yield f"{entry.number} is missing"
        elif (token.state, token.department) != (entry.state, place):
            yield f"{entry.number} is {token.state} in {token.department}, not {entry.state} in {place}"
    yield from (f"{token.number} was never issued" for token in history.tokens if token.id not in replay.stays)


def _steps_are_legal_and_in_order(_: History, replay: Replay) -> Iterator[str]:
    """Each step is one that the state machine has, and "next" gives whom the order says at that moment."""
    yield from replay.problems


def _journal_is_whole(history: History, _: Replay) -> Iterator[str]:
    """Every line is bound to the one before, and the last one is the noted end."""
    bad = first_bad_line(history.journal)
    if bad is not None:
        yield f"line {bad} does not fit the chain"
    end = (history.journal[-1][0], history.journal[-1][2]) if history.journal else (0, GENESIS)
    if end != history.head:
        yield f"it ends with line {end[0]}; line {history.head[0]} was noted as its end"


def _displays_see_every_call_in_order(history: History, replay: Replay) -> Iterator[str]:
    """Each display saw all calls that were not undone, those of a department in their order, and ends as the server."""
    for display in history.displays:
        missed = replay.calls.keys() - set(display.calls)
        if missed:
            yield f"{display.name} never saw {len(missed)} calls, the first of them {min(missed)}"
        yield from (f"{display.name} saw {later} before {earlier}" for later, earlier in _swapped(display, replay))
        if display.last is None or display.last != display.truth:
            yield f"{display.name} ends with {_short(display.last)}; it must show {_short(display.truth)}"


def _swapped(display: DisplaySeen, replay: Replay) -> Iterator[tuple[int, int]]:
    seen: dict[int, list[int]] = defaultdict(list)
    for call in display.calls:
        if call in replay.calls:
            seen[replay.calls[call]].append(call)
    for calls in seen.values():
        yield from ((earlier, later) for earlier, later in pairwise(calls) if earlier > later)


def _short(view: object) -> str:
    text = str(view)
    return text if len(text) < 200 else f"{text[:80]} … {text[-80:]}"


def _phones_see_true_states(history: History, replay: Replay) -> Iterator[str]:
    """A phone is shown states that its token had, in their order, and ends with the present one."""
    for phone in history.phones:
        had = iter(replay.states.get(phone.token, ()))
        if not all(any(was == seen for was in had) for seen in phone.states):
            yield f"token {phone.token} was shown {phone.states}; it was {replay.states.get(phone.token)}"
        if phone.truth is not None and phone.states[-1:] != [phone.truth]:
            yield f"token {phone.token} is {phone.truth}; its phone ended with {phone.states[-1:]}"


def _only_one_slip_of_a_number_is_unmarked(history: History, _: Replay) -> Iterator[str]:
    """A job is one slip however often it is handed out; of a token's jobs one is the first, the others are copies."""
    jobs = {slip.job: slip for slip in history.slips}
    unmarked = Counter(slip.number for slip in jobs.values() if not slip.copy)
    yield from (f"{number} has {times} slips without a mark" for number, times in unmarked.items() if times > 1)


def _messages_are_sent_once(history: History, _: Replay) -> Iterator[str]:
    yield from (f"message {key} was taken {times} times" for key, times in history.taken.items() if times > 1)


def _nobody_acts_without_the_right(history: History, _: Replay) -> Iterator[str]:
    yield from (f"{what} was answered {status}" for what, status in history.trespasses if status < 400)


RULES: Sequence[Callable[[History, Replay], Iterator[str]]] = (
    _numbers_are_given_once,
    _days_are_the_clinics_own,
    _deeds_are_kept_once,
    _repeated_answers_are_the_same,
    _everybody_is_answered_in_the_end,
    _tokens_stand_where_the_journal_says,
    _steps_are_legal_and_in_order,
    _journal_is_whole,
    _displays_see_every_call_in_order,
    _phones_see_true_states,
    _only_one_slip_of_a_number_is_unmarked,
    _messages_are_sent_once,
    _nobody_acts_without_the_right,
)
