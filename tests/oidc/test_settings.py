"""What may be set for the login provider."""

import pytest
from pydantic import ValidationError

from queue_server.oidc.settings import OidcSettings, is_safe


@pytest.mark.parametrize(
    "given",
    [
        {"issuer": "http://login.hospital.example", "client_id": "x"},
        {"issuer": "https://login.hospital.example"},
        {"roles": "doctors"},
        {"roles": "=doctor"},
    ],
)
def test_what_would_be_unsafe_or_half_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        OidcSettings.model_validate(given)


def test_a_secret_may_stand_in_a_file(tmp_path: object) -> None:
    file = tmp_path / "secret"  # type: ignore[operator]
    file.write_text("from a file\n")

    assert OidcSettings(client_secret_file=file).secret == "from a file"
    assert not is_safe("javascript:alert(1)")
