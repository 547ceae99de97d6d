"""What the demo's doctors have at hand from the first minute: favourites and templates."""

from __future__ import annotations

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.records.prescribing import Typed, TypedLine
from queue_server.services import Services

FAVOURITES = (
    TypedLine("Paracetamol", "tablet", "500 mg", "1-1-1", "after", "3"),
    TypedLine("Cetirizine", "tablet", "10 mg", "0-0-1", "any", "5"),
    TypedLine("Pantoprazole", "tablet", "40 mg", "1-0-0", "before", "7"),
    TypedLine("Amoxicillin", "capsule", "500 mg", "1-1-1", "after", "5"),
    TypedLine("Ibuprofen", "tablet", "400 mg", "1-0-1", "after", "3"),
    TypedLine("Oral rehydration salts (ORS)", "sachet", "20.5 g/l", "1 sos", "any", "", "3"),
    TypedLine("Azithromycin", "tablet", "500 mg", "1-0-0", "before", "3"),
    TypedLine("Metformin", "tablet", "500 mg", "1-0-1", "with", "30"),
    TypedLine("Amlodipine", "tablet", "5 mg", "1-0-0", "any", "30"),
)
TEMPLATES = (
    ("Fever with cold", Typed((FAVOURITES[0], FAVOURITES[1]), note="Rest, and drink plenty of fluids.")),
    (
        "Acute diarrhoea",
        Typed(
            (FAVOURITES[5], TypedLine("Zinc sulfate", "tablet", "20 mg", "1-0-0", "any", "14")),
            note="Come back at once if there is blood in the stool, or nothing stays down.",
        ),
    ),
    ("Acidity", Typed((FAVOURITES[2],), note="Small meals; nothing to eat two hours before sleep.")),
)


async def add_writing(services: Services, doctor_id: int) -> None:
    """The doctor has these favourites, behind the digits 1 to 9, and these templates."""
    doctor = Actor(ActorKind.DOCTOR, doctor_id)
    for line in FAVOURITES:
        await services.records.favourites.add(line, by=doctor)
    for diagnosis, typed in TEMPLATES:
        await services.records.favourites.keep_regimen(diagnosis, typed, by=doctor)
