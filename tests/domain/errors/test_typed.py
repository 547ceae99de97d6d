"""What was typed wrong is told by its field."""

import pytest

from queue_server.domain.errors import BadInput, WrongCode, WrongDigits


@pytest.mark.parametrize(("error", "field"), [(WrongDigits(), "digits"), (WrongCode(), "code")])
def test_the_field_is_named_and_nothing_of_what_would_be_right(error: BadInput, field: str) -> None:
    assert error.details == {"field": field}
    assert not any(character.isdecimal() for character in error.message)
