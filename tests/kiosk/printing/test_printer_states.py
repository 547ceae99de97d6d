"""What a printer's answers amount to."""

from hypothesis import given
from hypothesis import strategies as st

from kiosk.printing import PrinterState
from kiosk.printing.states import is_answer, state_from
from tests.kiosk.fake_printer import COVER_OPEN, KNIFE_JAMMED, MUTE, PAPER_LOW, PAPER_OUT, READY


def test_each_state_is_told_from_the_others() -> None:
    states = [state_from(answers) for answers in (READY, PAPER_LOW, PAPER_OUT, COVER_OPEN, KNIFE_JAMMED, MUTE)]

    assert states == ["ok", "low", "out", "cover", "offline", "unknown"]
    assert len(set(states)) == len(PrinterState)


def test_an_open_printer_without_paper_is_open_first() -> None:
    assert state_from(PAPER_OUT | {2: 0x36}) is PrinterState.COVER


def test_a_printer_stopped_for_no_known_cause_is_offline() -> None:
    assert state_from(READY | {1: 0x1A}) is PrinterState.OFFLINE


@given(st.dictionaries(st.sampled_from([1, 2, 3, 4]), st.integers(0, 255)))
def test_a_printer_is_well_only_when_it_says_so_about_itself_and_its_paper(answers: dict[int, int]) -> None:
    state = state_from(answers)

    if state in {PrinterState.OK, PrinterState.LOW}:
        assert {1, 4} <= set(answers)


@given(st.sampled_from([1, 2, 3, 4]))
def test_one_missing_answer_never_makes_a_printer_look_better(n: int) -> None:
    for answers in (PAPER_OUT, COVER_OPEN, KNIFE_JAMMED):
        state = state_from({key: value for key, value in answers.items() if key != n})

        assert state not in {PrinterState.OK, PrinterState.LOW}


def test_bytes_that_are_no_answer_are_known_as_such() -> None:
    assert [is_answer(byte) for byte in (0x12, 0x72, 0x00, 0x37, 0xFF, 0x11)] == [True, True] + [False] * 4
