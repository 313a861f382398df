"""A small OpenID Connect provider on loopback: authorization code with PKCE, signed id tokens, one person signed on."""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
import time
from typing import Annotated, Any
from urllib.parse import urlencode

import uvicorn
from fastapi import FastAPI, Form, HTTPException, Request
from fastapi.responses import RedirectResponse
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT, SECRET = "minyi", "the-secret-of-the-console"


class OpenIdProvider:
    """Signs ``person`` on without asking; what it says can be spoilt by the tests."""

    def __init__(self) -> None:
        self.person: dict[str, Any] = {"sub": "4711", "email": "li.wei@example.org", "email_verified": True}
        self.spoilt: dict[str, Any] = {}
        """Claims that replace what the id token would say."""
        self.key = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"}, auto_kid=False)
        self.signed_with = self.key
        self._codes: dict[str, dict[str, str]] = {}
        app = FastAPI()
        app.get("/.well-known/openid-configuration")(self._told)
        app.get("/authorize")(self._authorize)
        app.post("/token")(self._token)
        app.get("/jwks")(lambda: KeySet([self.key]).as_dict(private=False))
        self._server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def __enter__(self) -> OpenIdProvider:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=10)

    @property
    def issuer(self) -> str:
        port = self._server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    def _told(self) -> dict[str, Any]:
        base = self.issuer
        return {"issuer": base, "authorization_endpoint": f"{base}/authorize", "token_endpoint": f"{base}/token",
                "jwks_uri": f"{base}/jwks"}  # fmt: skip

    def _authorize(self, request: Request) -> RedirectResponse:
        asked = dict(request.query_params)
        if asked["response_type"] != "code" or asked["client_id"] != CLIENT or asked["code_challenge_method"] != "S256":
            raise HTTPException(400)
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}", 302)

    def _token(
        self,
        request: Request,
        code: Annotated[str, Form()],
        code_verifier: Annotated[str, Form()],
        redirect_uri: Annotated[str, Form()],
    ) -> dict[str, Any]:
        asked = self._codes.pop(code, None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(code_verifier.encode()).digest()).rstrip(b"=").decode()
        basic = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if asked is None or asked["code_challenge"] != challenge or asked["redirect_uri"] != redirect_uri:
            raise HTTPException(400)
        if request.headers.get("authorization") != basic:
            raise HTTPException(401)
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"],
                  **self.person, **self.spoilt}  # fmt: skip
        token = jwt.encode({"alg": "RS256", "kid": "k1"}, claims, self.signed_with)
        return {"access_token": secrets.token_urlsafe(16), "token_type": "Bearer", "id_token": token}
