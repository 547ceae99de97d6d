"""What time it is on a kiosk's machine whose clock may be wrong."""

from datetime import UTC, datetime, timedelta

from kiosk.keeper.timekeeping import STEP, anchored, moment, put_right

TEN = datetime(2026, 11, 22, 10, tzinfo=UTC)


class ABoard:
    """A machine whose clock is off, and can be put and started anew."""

    def __init__(self, off: timedelta = timedelta()) -> None:
        self.true, self.off, self.seconds, self.boots = TEN, off, 500.0, 1

    def now(self) -> datetime:
        return self.true + self.off

    def elapsed_s(self) -> float:
        return self.seconds

    def boot(self) -> str:
        return f"boot {self.boots}"

    def wait(self, **duration: float) -> None:
        self.true += timedelta(**duration)
        self.seconds += timedelta(**duration).total_seconds()

    def start_anew(self, shows: datetime) -> None:
        self.wait(minutes=1)
        self.off, self.seconds, self.boots = shows - self.true, 20.0, self.boots + 1


def test_seconds_tell_the_time_whatever_the_clock_does_afterwards() -> None:
    board = ABoard(timedelta(hours=3))
    anchor = anchored(board, board.true, board.elapsed_s())

    board.wait(minutes=30)
    board.off = timedelta(days=-400)
    given = moment(board, anchor, None)

    assert given.at == board.true
    assert not given.is_estimated
    assert anchor.off_s == 3 * 3600


def test_a_slow_answer_is_taken_to_be_of_its_middle() -> None:
    board = ABoard()
    asked_s, answered = board.elapsed_s(), board.true + timedelta(seconds=1)
    board.wait(seconds=2)

    assert anchored(board, answered, asked_s).then(board.elapsed_s()) == board.true


def test_after_a_boot_without_the_server_the_clock_is_taken_less_what_it_was_wrong() -> None:
    board = ABoard(timedelta(hours=3))
    anchor = anchored(board, board.true, board.elapsed_s())
    board.start_anew(shows=board.true + timedelta(hours=3, minutes=1))

    given = moment(board, anchor, None)

    assert given.at == board.true
    assert given.is_estimated


def test_a_board_that_boots_in_the_past_goes_on_after_its_newest_number() -> None:
    board = ABoard()
    anchor = anchored(board, board.true, board.elapsed_s())
    newest = moment(board, anchor, None)
    board.start_anew(shows=datetime(1970, 1, 1, tzinfo=UTC))

    first = moment(board, anchor, newest.at)
    second = moment(board, anchor, first.at)

    assert newest.at + 2 * STEP == first.at + STEP == second.at


def test_numbers_are_put_right_when_the_server_is_back_in_the_same_boot_and_only_then() -> None:
    board = ABoard()
    board.start_anew(shows=datetime(1970, 1, 1, tzinfo=UTC))
    earlier = moment(board, None, None)
    board.start_anew(shows=datetime(1970, 1, 1, tzinfo=UTC))
    at = board.true
    given = moment(board, None, earlier.at)
    board.wait(hours=2)
    anchor = anchored(board, board.true, board.elapsed_s())

    assert put_right(given, anchor).at == at
    assert not put_right(given, anchor).is_estimated
    assert put_right(earlier, anchor) == earlier
