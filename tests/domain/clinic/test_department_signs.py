"""Each department gets a sign of its own, from its name."""

import pytest

from queue_server.domain.clinic.department_signs import COLOURS, ICONS, sign_for


@pytest.mark.parametrize(
    ("name", "icon"),
    [
        ("Dental", "dental"),
        ("ENT", "ent"),
        ("Ear, nose, throat", "ent"),
        ("Laboratory and sample collection", "lab"),
        ("Pharmacy", "medicine"),
        ("General medicine", "general"),
        ("Patient education", "general"),
        ("Obstetrics and gynaecology (antenatal)", "maternity"),
        ("Mother and child", "maternity"),
        ("Paediatrics", "child"),
        ("बच्चे", "child"),
        ("Ophthalmology", "eye"),
        ("Orthopaedics", "bone"),
        ("Cardiology, hypertension and non-communicable diseases", "heart"),
        ("दंत चिकित्सा", "dental"),
        ("प्रयोगशाला", "lab"),
    ],
)
def test_the_icon_is_guessed_from_the_name(name: str, icon: str) -> None:
    assert sign_for([name], [])[0] == icon


def test_eight_departments_have_eight_colours_and_unknown_names_icons_of_their_own() -> None:
    signs: list[tuple[str, str]] = []
    for name in ("General", "Skin", "TB clinic", "Pharmacy", "Laboratory", "Cardiology", "Obstetrics", "Yoga"):
        signs.append(sign_for([name], signs))

    assert sorted(colour for _, colour in signs) == sorted(COLOURS)
    assert len({icon for icon, _ in signs}) == len(signs)
    assert {icon for icon, _ in signs} <= set(ICONS)


def test_a_ninth_department_repeats_the_colour_that_is_used_least() -> None:
    taken = [("general", colour) for colour in COLOURS] + [("general", colour) for colour in COLOURS[1:]]

    assert sign_for(["Dental"], taken) == ("dental", "teal")
