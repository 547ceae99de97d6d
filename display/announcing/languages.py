"""How letters, digits and small numbers are said in each language.

A further language is one more `Language` in `LANGUAGES`; its words are written in its own script, because a voice of
that language reads nothing else well.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from string import ascii_uppercase


@dataclass(frozen=True, slots=True)
class Language:
    """The words that an announcement needs.

    `letters` has the 26 names of A to Z and `numbers` the words of 0 to 99, in order; `sentence` has the places
    `{number}` and `{room}`.
    """

    letters: tuple[str, ...]
    numbers: tuple[str, ...]
    sentence: str


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _english_numbers() -> tuple[str, ...]:
    small = _words("""
        zero one two three four five six seven eight nine ten
        eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen
    """)
    tens = _words("twenty thirty forty fifty sixty seventy eighty ninety")
    return (*small, *(ten if unit == 0 else f"{ten}-{small[unit]}" for ten in tens for unit in range(10)))


ENGLISH = Language(
    letters=tuple(ascii_uppercase),
    numbers=_english_numbers(),
    sentence="Token {number}. Please go to room {room}.",
)

HINDI = Language(
    letters=_words("ए बी सी डी ई एफ़ जी एच आई जे के एल एम एन ओ पी क्यू आर एस टी यू वी डब्ल्यू एक्स वाई ज़ेड"),
    numbers=_words("""
        शून्य एक दो तीन चार पाँच छह सात आठ नौ
        दस ग्यारह बारह तेरह चौदह पंद्रह सोलह सत्रह अठारह उन्नीस
        बीस इक्कीस बाईस तेईस चौबीस पच्चीस छब्बीस सत्ताईस अट्ठाईस उनतीस
        तीस इकतीस बत्तीस तैंतीस चौंतीस पैंतीस छत्तीस सैंतीस अड़तीस उनतालीस
        चालीस इकतालीस बयालीस तैंतालीस चौवालीस पैंतालीस छियालीस सैंतालीस अड़तालीस उनचास
        पचास इक्यावन बावन तिरपन चौवन पचपन छप्पन सत्तावन अट्ठावन उनसठ
        साठ इकसठ बासठ तिरसठ चौंसठ पैंसठ छियासठ सड़सठ अड़सठ उनहत्तर
        सत्तर इकहत्तर बहत्तर तिहत्तर चौहत्तर पचहत्तर छिहत्तर सतहत्तर अठहत्तर उनासी
        अस्सी इक्यासी बयासी तिरासी चौरासी पचासी छियासी सत्तासी अट्ठासी नवासी
        नब्बे इक्यानवे बानवे तिरानवे चौरानवे पचानवे छियानवे सत्तानवे अट्ठानवे निन्यानवे
    """),
    sentence="टोकन {number}। कृपया कमरा {room} में जाइए।",
)

#: Language code → its words.
LANGUAGES: Mapping[str, Language] = {"en": ENGLISH, "hi": HINDI}
