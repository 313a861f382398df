"""Signing on at an OpenID Connect provider: authorization code with PKCE; nobody gets an account by it.

The provider is the one that the setting ``oidc_issuer`` names; nothing else is ever asked (P-21).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.common.security import generate_token
from authlib.integrations.httpx_client import OAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from pipeline.accounts import sign_on_digest
from pipeline.office import Office

SECONDS: Final = 10
ALGORITHMS: Final = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Signatures with a key of the provider alone: never ``none``, never one made with our own secret."""
LEEWAY: Final = 60
"""Seconds by which two clocks may differ."""
WELL_KNOWN: Final = "/.well-known/openid-configuration"


class SignOnFailed(RuntimeError):
    """E907: the provider could not be reached, refused, or said what does not hold."""


@dataclass(frozen=True)
class Asked:
    """What one attempt to sign on has to come back with."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> Asked:
        """With three random values of their own."""
        return cls(generate_token(43), generate_token(43), generate_token(64))


class Provider:
    """The provider of one office."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._issuer = office.settings.oidc_issuer.rstrip("/")

    def address(self, asked: Asked, back: str) -> str:
        """Where the browser signs on. Raises SignOnFailed (E907)."""
        with self._client(back) as client:
            address, _ = client.create_authorization_url(
                self._told(client)["authorization_endpoint"],
                state=asked.state,
                nonce=asked.nonce,
                code_verifier=asked.verifier,
            )
        return str(address)

    def digests(self, asked: Asked, back: str, address: str) -> list[str]:
        """Under which names, as digests, the browser that came back to ``address`` signed on. Raises SignOnFailed."""
        with self._client(back) as client:
            told = self._told(client)
            try:
                answer = client.fetch_token(
                    told["token_endpoint"],
                    authorization_response=address,
                    state=asked.state,
                    code_verifier=asked.verifier,
                )
                keys = KeySet.import_key_set(_read(client, told["jwks_uri"]))
                claims = jwt.decode(str(answer.get("id_token", "")), keys, algorithms=ALGORITHMS).claims
                self._check(claims, asked)
            except (AuthlibBaseError, JoseError, httpx2.HTTPError, ValueError, KeyError) as error:
                raise SignOnFailed(
                    f"E907: the sign-on service did not confirm the sign-on ({type(error).__name__})"
                ) from error
        return [sign_on_digest(self._office, claim, str(claims[claim])) for claim in _named(claims)]

    def _check(self, claims: dict[str, Any], asked: Asked) -> None:
        jwt.JWTClaimsRegistry(
            leeway=LEEWAY,
            iss={"essential": True, "values": [self._issuer, f"{self._issuer}/"]},
            aud={"essential": True, "value": self._office.settings.oidc_client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": asked.nonce},
        ).validate(claims)

    def _told(self, client: OAuth2Client) -> dict[str, Any]:
        """What the provider says of itself."""
        try:
            told = _read(client, self._issuer + WELL_KNOWN)
            if str(told["issuer"]).rstrip("/") != self._issuer:
                raise SignOnFailed("E907: the sign-on service names itself differently; check oidc_issuer")
            return {name: str(told[name]) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
        except (httpx2.HTTPError, ValueError, KeyError, TypeError) as error:
            raise SignOnFailed("E907: the sign-on service cannot be reached; check oidc_issuer") from error

    def _client(self, back: str) -> OAuth2Client:
        settings = self._office.settings
        return OAuth2Client(
            settings.oidc_client_id,
            settings.oidc_client_secret.get_secret_value() or None,
            token_endpoint_auth_method="client_secret_basic"
            if settings.oidc_client_secret.get_secret_value()
            else "none",
            scope="openid profile email",
            redirect_uri=back,
            code_challenge_method="S256",
            timeout=SECONDS,
            trust_env=False,
            follow_redirects=False,
        )


def _read(client: OAuth2Client, address: str) -> Any:
    """What stands at a public address of the provider."""
    return client.request("GET", address, withhold_token=True).raise_for_status().json()


def _named(claims: dict[str, Any]) -> list[str]:
    """The claims that may tie an account; an e-mail address only when the provider has verified it."""
    return [
        claim
        for claim in ("sub", "email", "preferred_username")
        if claims.get(claim) and (claim != "email" or claims.get("email_verified") is True)
    ]
