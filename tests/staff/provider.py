"""A real OpenID provider on the loopback, by Authlib's server side: discovery, PKCE, keys, signatures; and ways to cheat."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc7636 import CodeChallenge
from flask import Flask, jsonify, request
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import make_server

CLIENT_ID, CLIENT_SECRET = "earshot", "a secret for tests"
PERSON = {
    "sub": "AAAA-1",
    "tid": "tenant-1",
    "name": "Ada Trelawny",
    "preferred_username": "Ada@council.example",
    "roles": ["Earshot.Lead"],
}


@dataclass
class Client:
    """The one application that is registered."""

    back: str = "http://localhost/staff/council/back"
    client_id: str = CLIENT_ID

    def check_redirect_uri(self, uri: str) -> bool:
        return uri == self.back

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_response_type(self, kind: str) -> bool:
        return kind == "code"

    def check_grant_type(self, kind: str) -> bool:
        return kind == "authorization_code"

    def check_client_secret(self, secret: str) -> bool:
        return secret == CLIENT_SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def get_default_redirect_uri(self) -> str:
        return self.back


@dataclass
class Code:
    """As the client asked for it."""

    code: str
    redirect_uri: str
    scope: str
    nonce: str | None
    code_challenge: str | None
    code_challenge_method: str | None

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope


@dataclass
class Provider:
    """``person`` signs in whenever somebody is sent here. ``spoil`` changes the claims before they are signed, ``sign`` the
    signing itself.
    """

    base: str = ""
    person: dict[str, Any] = field(default_factory=lambda: dict(PERSON))
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1", "use": "sig", "alg": "RS256"}))
    spoil: Callable[[dict[str, Any]], None] = lambda claims: None
    sign: Callable[[dict[str, Any]], str] | None = None
    codes: dict[str, Code] = field(default_factory=dict)
    asked: list[dict[str, list[str]]] = field(default_factory=list)
    issuer: str = ""

    def token(self, nonce: str | None) -> str:
        now = int(time.time())
        claims = {"iss": self.base, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": nonce, **self.person}
        self.spoil(claims)
        if self.sign is not None:
            return self.sign(claims)
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)

    def new_key(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": str(int(self.key.kid or 0) + 1), "use": "sig", "alg": "RS256"})

    def answer(self, address: str) -> str:
        """What a browser does that is sent here: the address it is sent back to."""
        self.asked.append(parse_qs(urlsplit(address).query))
        answer = requests.get(address, allow_redirects=False, timeout=60)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]


def site(provider: Provider) -> Flask:
    app = Flask("provider")
    client = Client()

    class CodeGrant(grants.AuthorizationCodeGrant):  # type: ignore[misc] # it ships no types
        TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

        def save_authorization_code(self, code: str, request: Any) -> None:
            said = request.payload.data
            provider.codes[code] = Code(
                code=code,
                redirect_uri=request.payload.redirect_uri,
                scope=request.payload.scope,
                nonce=said.get("nonce"),
                code_challenge=said.get("code_challenge"),
                code_challenge_method=said.get("code_challenge_method"),
            )

        def query_authorization_code(self, code: str, client: Client) -> Code | None:
            return provider.codes.get(code)

        def delete_authorization_code(self, code: Code) -> None:
            provider.codes.pop(code.code)

        def authenticate_user(self, code: Code) -> str:
            self.nonce = code.nonce
            return "somebody"

        def create_token_response(self) -> Any:
            nonce = self.request.authorization_code.nonce
            status, token, headers = super().create_token_response()
            return status, {**token, "id_token": provider.token(nonce)}, headers

    server = AuthorizationServer(
        app, query_client=lambda client_id: client if client_id == CLIENT_ID else None, save_token=_forget
    )
    server.register_grant(CodeGrant, [CodeChallenge(required=True)])

    @app.get("/.well-known/openid-configuration")
    def discovery() -> Any:
        return jsonify(
            issuer=provider.issuer or provider.base,
            authorization_endpoint=f"{provider.base}/authorize",
            token_endpoint=f"{provider.base}/token",
            jwks_uri=f"{provider.base}/keys",
            id_token_signing_alg_values_supported=["RS256", "HS256", "none"],
            token_endpoint_auth_methods_supported=["client_secret_basic"],
        )

    @app.get("/keys")
    def keys() -> Any:
        return jsonify(KeySet([provider.key]).as_dict(private=False))

    @app.get("/authorize")
    def authorize() -> Any:
        return server.create_authorization_response(grant_user="somebody", grant=server.get_consent_grant(end_user="somebody"))

    @app.post("/token")
    def token() -> Any:
        assert request.authorization is not None
        return server.create_token_response()

    return app


def _forget(token: object, request: object) -> None:
    """Nobody asks for it again."""


@contextmanager
def provider() -> Iterator[Provider]:
    found = Provider()
    server = make_server("127.0.0.1", 0, site(found), threaded=True)
    found.base = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
