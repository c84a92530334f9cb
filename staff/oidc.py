"""OpenID Connect by Authlib: the code flow with PKCE, state and nonce; what comes back is checked before it is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Flask, request, session
from flask.typing import ResponseReturnValue
from joserfc.errors import JoseError

from bot.council import NotGenuine, ProviderAway

_PATIENCE = 10
"""Seconds for each answer of the provider."""
_SIGNED_BY = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""With a key of the provider's alone: no shared secret, and never nothing."""


class Oidc:
    """One provider. ``issuer`` as the provider writes it; its addresses are read from its discovery document, once."""

    def __init__(self, app: Flask, *, issuer: str, client_id: str, client_secret: str) -> None:
        self._issuer = issuer.rstrip("/")
        self._client_id = client_id
        oauth = OAuth(app)
        self._client = oauth.register(
            "council",
            client_id=client_id,
            client_secret=client_secret,
            server_metadata_url=f"{self._issuer}/.well-known/openid-configuration",
            client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256", "default_timeout": _PATIENCE},
        )

    def send_away(self, back: str) -> ResponseReturnValue:
        """To the provider. ``back`` is our address, as it was registered there. Raises ``ProviderAway``."""
        try:
            self._metadata()
            response: ResponseReturnValue = self._client.authorize_redirect(back)
        except (AuthlibBaseError, requests.RequestException, ValueError) as error:
            raise ProviderAway from error
        return response

    def is_begun(self) -> bool:
        """Whether this request carries the state of a way there that this very browser began."""
        return bool(self._client.framework.get_state_data(session, request.args.get("state", "")))

    def claims(self) -> Mapping[str, Any]:
        """Of the person who comes back with this request. Raises ``NotGenuine``, or ``ProviderAway``."""
        try:
            metadata = self._metadata()
            options = {
                "iss": {"essential": True, "value": metadata["issuer"]},
                "aud": {"essential": True, "value": self._client_id},
                "sub": {"essential": True},
                "nonce": {"essential": True},
            }
            token = self._client.authorize_access_token(claims_options=options)
        except requests.RequestException as error:
            raise ProviderAway from error
        except (AuthlibBaseError, JoseError, ValueError, KeyError, RuntimeError) as error:
            raise NotGenuine from error
        claims = token.get("userinfo")
        if not claims or not claims.get("sub"):
            raise NotGenuine
        found: Mapping[str, Any] = claims
        return found

    def _metadata(self) -> dict[str, Any]:
        """Whoever answers in the provider's place with another issuer is not the one the settings name."""
        metadata: dict[str, Any] = self._client.load_server_metadata()
        if str(metadata.get("issuer", "")).rstrip("/") != self._issuer:
            raise ValueError("the provider names another issuer than the settings")
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = [each for each in offered if each in _SIGNED_BY] or ["RS256"]
        return metadata
