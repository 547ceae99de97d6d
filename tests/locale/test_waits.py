"""Waiting times in words, on screens and on paper."""

from __future__ import annotations

import pytest

from queue_server.domain.waits.wording import WaitView, WaitWords, WhyView
from queue_server.locale import texts
from queue_server.locale.waits import slip_words, wait_sentences, wait_words, why_words

RANGE = WaitView(words="wait_range", values={"low": 35, "high": 50}, minutes=40)
SHORT = WaitView(words="wait_short", values={"high": 10}, minutes=5)
WIDE = WaitView(words="wait_wide", values={"likely": 10, "high": 45}, minutes=10)
CLOCK = WaitView(words="wait_clock", values={"from": "11:10", "until": "11:35"}, minutes=90)


@pytest.mark.parametrize(
    ("wait", "said"),
    [
        (RANGE, "about 35–50 minutes"),
        (SHORT, "less than 10 minutes"),
        (WIDE, "about 10 minutes, seldom more than 45"),
        (CLOCK, "about 11:10–11:35"),
        (None, ""),
    ],
)
def test_each_kind_of_wait_has_its_sentence(wait: WaitView | None, said: str) -> None:
    assert wait_words(texts("en").gettext, wait) == said


def test_a_wait_is_explained_in_one_line() -> None:
    reasons = {"line": (12, 4), "slow": (3, 0), "emergencies": (5, 0), "overtaken": (2, 2), "habit": (-1, 0)}
    why = [WhyView(reason=reason, minutes=minutes, people=people) for reason, (minutes, people) in reasons.items()]

    said = "line 12 min · slow today +3 · emergencies +5 · likely overtaken by 2: +2 · usual here −1"
    assert why_words(texts("en").gettext, why) == said
    assert why_words(texts("en").gettext, [WhyView(reason="quick", minutes=-4, people=0)]) == "quick today −4"
    assert why_words(texts("hi").gettext, why).startswith("कतार 12 मिनट · ")


def test_hindi_has_the_same_figures() -> None:
    said = wait_words(texts("hi").gettext, RANGE)

    assert said != wait_words(texts("en").gettext, RANGE)
    assert "35" in said
    assert "50" in said


def test_scripts_are_given_every_sentence_with_its_places() -> None:
    sentences = wait_sentences(texts("en").gettext)

    assert set(sentences) == set(WaitWords)
    assert sentences["wait_clock"] == "about %(from)s–%(until)s"
    assert all(sentences[view["words"]] % view["values"] for view in (RANGE, SHORT, WIDE, CLOCK))


def test_paper_says_that_it_may_change() -> None:
    assert slip_words(texts("en"), RANGE) == "about 35–50 minutes, may change"


def test_paper_warns_whoever_may_not_be_seen_today() -> None:
    assert slip_words(texts("en"), {**CLOCK, "late": True}) == "about 11:10–11:35. You may not be seen today."


def test_nothing_known_is_nothing_said() -> None:
    assert slip_words(texts("en"), None) is None
