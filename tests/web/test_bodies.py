"""Whatever is sent, what reaches the services can be stored."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from queue_server.web.bodies import storable

texts = some.text(alphabet=some.one_of(some.characters(), some.sampled_from("\0\ud800\udfff")))
sent = some.recursive(
    some.none() | some.booleans() | some.integers() | texts,
    lambda part: some.lists(part, max_size=4) | some.dictionaries(texts, part, max_size=4),
    max_leaves=12,
)


@given(sent)
def test_what_is_left_is_text_that_every_database_takes(body: object) -> None:
    written = json.dumps(storable(body), ensure_ascii=False)

    assert "\\u0000" not in written
    written.encode()


@pytest.mark.parametrize("text", ["", "Asha", "आशा", "👩‍⚕️", "line\nline", "\ufeff"])
def test_nothing_that_people_write_is_touched(text: str) -> None:
    assert storable({"name": [text]}) == {"name": [text]}
