"""The words of rights are kept in files and databases."""

from queue_server.domain.access.rights import May, Reach
from queue_server.domain.access.roles import GRANTABLE, word_of


def test_the_words_of_what_roles_hold_never_change() -> None:
    granted = {word_of(may) for rights in GRANTABLE.values() for may in rights}

    assert granted == {
        *(
            "run_desk",
            "reset_pins",
            "merge_patients",
            "delete_tokens",
            "see_room",
            "open_console",
            "work_in_room",
            "read_record",
        ),
        *("write_records", "see_clinic", "keep_places", "keep_roster", "keep_papers", "keep_screens", "see_figures"),
    }


def test_every_right_completes_a_sentence_of_its_own() -> None:
    assert len({may.value for may in May}) == len(May)
    assert set(Reach) == {"any", "own"}
