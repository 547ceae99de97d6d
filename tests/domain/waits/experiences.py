"""Departments that have learned something, sensible or not, for laws that hold whatever was learned."""

from random import Random

from hypothesis import strategies as st

from queue_server.domain.waits.clues import Clues
from queue_server.domain.waits.correction import Correction
from queue_server.domain.waits.pace import Learned, learn_consultation, learn_day, learn_end_of_wait
from queue_server.domain.waits.recent import Flow

HOUR = 3_600.0

flows = st.builds(
    Flow,
    st.none() | st.floats(0, HOUR),
    st.none() | st.floats(1, 900),
    st.integers(0, 20),
    st.integers(0, 30),
    st.none() | st.integers(0, 23),
)


def clues() -> st.SearchStrategy[Clues]:
    """Clues of any promise."""
    return st.builds(
        Clues,
        mechanics_s=st.floats(0, HOUR),
        spread=st.floats(0.05, 1.5),
        ahead=st.integers(0, 50).map(float),
        history_s=st.floats(0, HOUR),
        throughput_s=st.floats(0, HOUR),
        calls=st.integers(0, 20).map(float),
        joins=st.integers(0, 30).map(float),
        own=st.sampled_from([0.0, 1.0]),
        hour=st.integers(-1, 23),
    )


def learned_in_world(number: int) -> Correction:
    """What was learned in a world where the mechanics are wrong by a factor and a power; world 0 has just begun."""
    random, correction = Random(number), Correction()
    factor, power = random.uniform(0.1, 8.0), random.uniform(0.0, 1.5)
    for _ in range(40 * number):
        ahead = float(random.randrange(30))
        mechanics_s = random.uniform(0, 300) * (ahead + 1)
        others_s = random.uniform(0, 900), random.uniform(0, 900)
        clue = Clues(mechanics_s, random.uniform(0.05, 1.5), ahead, *others_s, hour=random.randrange(-1, 24))
        correction = correction.after(clue, factor * mechanics_s**power)
    return correction


WORLDS = [learned_in_world(number) for number in range(8)]


@st.composite
def corrections(draw: st.DrawFn) -> Correction:
    """What was learned in some world, and then from a few waits without any sense."""
    correction = draw(st.sampled_from(WORLDS))
    for clue, waited_s in draw(st.lists(st.tuples(clues(), st.floats(0, 2 * HOUR)), max_size=3)):
        correction = correction.after(clue, waited_s)
    return correction


@st.composite
def departments(draw: st.DrawFn) -> Learned:
    """A department that has seen a few consultations, and how promises came out."""
    learned = Learned(configured_s=draw(st.floats(30, 1_200)), correction=draw(corrections()))
    for length in draw(st.lists(st.floats(0, 4_000), max_size=4)):
        learned = learn_consultation(learned, "Doctor 1", length)
        learned = learn_end_of_wait(learned, length, has_left=draw(st.booleans()))
    if draw(st.booleans()):
        learned = learn_day(learned)
    return learned
