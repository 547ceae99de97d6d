"""The code on the displays."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from queue_server.domain.queue.here_code import LASTS, here_code, is_here_code
from tests.domain.queues import TEN

moments = st.integers(0, 100_000).map(lambda seconds: TEN + timedelta(seconds=seconds))


@given(moments)
def test_the_code_that_is_shown_is_accepted_until_it_is_gone_for_as_long_as_it_lasted(at: datetime) -> None:
    code = here_code("secret", at)

    assert len(code) == 4
    assert code.isdecimal()
    for later in (timedelta(), LASTS):
        assert is_here_code(f" {code[:2]} {code[2:]} ", "secret", at + later)


def test_codes_change_and_old_ones_and_another_clinics_are_not_accepted() -> None:
    codes = [here_code("secret", TEN + n * LASTS) for n in range(200)]

    assert len(set(codes)) > 150
    late = sum(is_here_code(code, "secret", TEN + (n + 2) * LASTS) for n, code in enumerate(codes))
    foreign = sum(is_here_code(code, "other", TEN + n * LASTS) for n, code in enumerate(codes))
    assert late + foreign < 5  # one in five thousand is the same by chance
    assert not is_here_code("", "secret", TEN)
    assert not is_here_code("१२३४", "secret", TEN)
