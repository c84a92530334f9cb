"""``bot.passkeys.PasskeyCheck`` by Duo's ``webauthn``: what browsers say of keys, checked against this site's own address.

The library is imported when a key is first asked for: with the kinds of certificates it knows it takes eight megabytes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.passkeys import Made, Passkey
from bot.records import StaffMember

if TYPE_CHECKING:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

_LONGEST = 20_000
"""Characters of an answer; a key with a long certificate says some thousand."""


class WebauthnCheck:
    """``origin``: where browsers find this site, such as ``https://feedback.example``."""

    def __init__(self, origin: str) -> None:
        address = urlsplit(origin)
        self._origin = f"{address.scheme}://{address.netloc}"
        self._host = address.hostname or ""

    @property
    def is_usable(self) -> bool:
        """Browsers bind keys to names: an address in numbers has none."""
        try:
            ip_address(self._host)
        except ValueError:
            return bool(self._host)
        return False

    def to_make(self, member: StaffMember, known: Sequence[Passkey], challenge: str) -> str:
        from webauthn import generate_registration_options, options_to_json
        from webauthn.helpers.structs import (
            AuthenticatorSelectionCriteria,
            ResidentKeyRequirement,
            UserVerificationRequirement,
        )

        options = generate_registration_options(
            rp_id=self._host,
            rp_name="Earshot",
            user_id=member.id.bytes,
            user_name=member.username,
            user_display_name=member.name,
            challenge=challenge.encode(),
            exclude_credentials=_named(known),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=UserVerificationRequirement.DISCOURAGED
            ),
        )
        return options_to_json(options)

    def made(self, said: str, challenge: str) -> Made | None:
        from webauthn import verify_registration_response

        try:
            found = verify_registration_response(
                credential=_read(said),
                expected_challenge=challenge.encode(),
                expected_rp_id=self._host,
                expected_origin=self._origin,
            )
        except _wrong():
            return None
        return Made(credential=found.credential_id, public=found.credential_public_key, count=found.sign_count)

    def to_ask(self, known: Sequence[Passkey], challenge: str) -> str:
        from webauthn import generate_authentication_options, options_to_json
        from webauthn.helpers.structs import UserVerificationRequirement

        options = generate_authentication_options(
            rp_id=self._host,
            challenge=challenge.encode(),
            allow_credentials=_named(known),
            user_verification=UserVerificationRequirement.DISCOURAGED,
        )
        return options_to_json(options)

    def answered(self, said: str, challenge: str, known: Sequence[Passkey]) -> tuple[Passkey, int] | None:
        from webauthn import verify_authentication_response
        from webauthn.helpers import base64url_to_bytes

        try:
            answer = _read(said)
            credential = base64url_to_bytes(str(answer["rawId"]))
            key = next((each for each in known if each.credential == credential), None)
            if key is None:
                return None
            found = verify_authentication_response(
                credential=answer,
                expected_challenge=challenge.encode(),
                expected_rp_id=self._host,
                expected_origin=self._origin,
                credential_public_key=key.public,
                credential_current_sign_count=key.count,
            )
        except _wrong():
            return None
        return key, found.new_sign_count


def _wrong() -> tuple[type[Exception], ...]:
    """How the library fails at what is no answer at all, in many ways."""
    from webauthn.helpers.exceptions import WebAuthnException

    return WebAuthnException, ValueError, KeyError, TypeError, AttributeError


def _named(known: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    return [PublicKeyCredentialDescriptor(id=each.credential) for each in known]


def _read(said: str) -> dict[str, object]:
    if len(said) > _LONGEST:
        raise ValueError("too long")
    found = json.loads(said)
    if not isinstance(found, dict):
        raise TypeError("no answer")
    return found
