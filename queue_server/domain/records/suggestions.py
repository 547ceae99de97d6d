"""What a doctor without favourites is offered from the first day: the common medicines of the department.

Names, forms and strengths only, all of them from the list that the program brings along. No dose: the doctor decides.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from queue_server.domain.people.folding import folded
from queue_server.domain.records.records import Medicine

#: One behind each digit.
MOST = 9

_EVERYWHERE = (
    Medicine("Paracetamol", "tablet", "500 mg"),
    Medicine("Cetirizine", "tablet", "10 mg"),
    Medicine("Pantoprazole", "tablet", "40 mg"),
    Medicine("Amoxicillin", "capsule", "500 mg"),
    Medicine("Ibuprofen", "tablet", "400 mg"),
    Medicine("Oral rehydration salts (ORS)", "sachet", "20.5 g/l"),
    Medicine("Azithromycin", "tablet", "500 mg"),
    Medicine("Metformin", "tablet", "500 mg"),
    Medicine("Amlodipine", "tablet", "5 mg"),
)

#: A department's icon, which is guessed from its name → what is common there, before what is common everywhere.
_OF_ICON: Mapping[str, tuple[Medicine, ...]] = {
    "dental": (
        Medicine("Amoxicillin", "capsule", "500 mg"),
        Medicine("Metronidazole", "tablet", "400 mg"),
        Medicine("Ibuprofen + paracetamol", "tablet", "400 mg + 325 mg"),
        Medicine("Chlorhexidine", "mouth wash", "0.2 %"),
    ),
    "ent": (
        Medicine("Levocetirizine", "tablet", "5 mg"),
        Medicine("Xylometazoline", "nasal drops", "0.1 %"),
        Medicine("Ciprofloxacin", "ear drops", "0.3 %"),
        Medicine("Amoxicillin + clavulanic acid", "tablet", "500 mg + 125 mg"),
    ),
    "eye": (
        Medicine("Moxifloxacin", "eye drops", "0.5 %"),
        Medicine("Carboxymethylcellulose", "eye drops", "0.5 %"),
        Medicine("Timolol", "eye drops", "0.5 %"),
        Medicine("Olopatadine", "eye drops", "0.1 %"),
    ),
    "child": (
        Medicine("Paracetamol", "syrup", "250 mg/5 ml"),
        Medicine("Amoxicillin", "syrup", "125 mg/5 ml"),
        Medicine("Cetirizine", "syrup", "5 mg/5 ml"),
        Medicine("Zinc sulfate", "tablet", "20 mg"),
        Medicine("Oral rehydration salts (ORS)", "sachet", "20.5 g/l"),
    ),
    "maternity": (
        Medicine("Ferrous sulfate + folic acid", "tablet", "100 mg + 0.5 mg"),
        Medicine("Folic acid", "tablet", "5 mg"),
        Medicine("Calcium carbonate + colecalciferol", "tablet", "500 mg + 250 units"),
        Medicine("Albendazole", "tablet", "400 mg"),
    ),
    "bone": (
        Medicine("Aceclofenac + paracetamol", "tablet", "100 mg + 325 mg"),
        Medicine("Diclofenac", "gel", "1 %"),
        Medicine("Calcium carbonate + colecalciferol", "tablet", "500 mg + 250 units"),
        Medicine("Pantoprazole", "tablet", "40 mg"),
    ),
    "heart": (
        Medicine("Amlodipine", "tablet", "5 mg"),
        Medicine("Telmisartan", "tablet", "40 mg"),
        Medicine("Atorvastatin", "tablet", "10 mg"),
        Medicine("Acetylsalicylic acid", "tablet", "75 mg"),
        Medicine("Metoprolol", "tablet", "25 mg"),
        Medicine("Metformin", "tablet", "500 mg"),
    ),
}


def suggested(icon: str, favourites: Collection[str]) -> list[Medicine]:
    """The common medicines of a department with this icon, without the names that are among the doctor's favourites.

    So many that each of them and of the favourites has a digit.
    """
    known = {folded(name) for name in favourites}
    offered = dict.fromkeys((*_OF_ICON.get(icon, ()), *_EVERYWHERE))
    return [one for one in offered if folded(one.generic) not in known][: max(0, MOST - len(favourites))]


def every() -> frozenset[Medicine]:
    """All that may be suggested."""
    return frozenset(_EVERYWHERE).union(*_OF_ICON.values())
