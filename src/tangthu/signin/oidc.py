"""OpenID Connect Core 1.0, authorization code flow with PKCE (RFC 7636): where to send a person,
and whom the provider says he is. joserfc checks signatures and claims of ID tokens.

What providers publish (discovery, keys) is kept for minutes; a token whose signature does not hold
lets the keys be read once more, so that a provider may change its key at any time.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import urllib3
from django.utils.translation import gettext_lazy as _
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from tangthu.kernel.errors import HouseError
from tangthu.signin.providers import Provider, is_safe

_ALGORITHMS = ("RS256", "PS256", "ES256", "ES384", "RS384", "RS512", "PS384", "PS512", "EdDSA")
_KEPT = 600.0
_AGAIN_AFTER = 30.0
_TIMEOUT = urllib3.Timeout(connect=5, read=10)
_LONGEST = 512 * 1024
_LEEWAY = 60
# No redirect is followed and nothing tried again: an answer comes from whom it was asked of.
_pool = urllib3.PoolManager(retries=False, timeout=_TIMEOUT)
_kept: dict[str, tuple[float, Any]] = {}
_lock = threading.Lock()


class ProviderFailed(HouseError):
    """The provider was not reached, or what it said does not hold."""

    http_status = 502


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a provider: where to send the person, and what is needed at the answer."""

    address: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Told:
    """Whom a provider says the person is, and whether he proved a second factor that counts."""

    subject: str
    second: bool


def ask(provider: Provider, back: str) -> Question:
    """The question that sends a person to the provider and from there to `back`. Raises
    ProviderFailed."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _one in range(3))
    digest = hashlib.sha256(verifier.encode()).digest()
    query = urlencode(
        {
            "response_type": "code",
            "client_id": provider.client_id,
            "redirect_uri": back,
            "scope": "openid",
            "state": state,
            "nonce": nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
    )
    start = _address(provider, "authorization_endpoint")
    return Question(f"{start}{'&' if '?' in start else '?'}{query}", state, nonce, verifier)


def answer(provider: Provider, code: str, *, back: str, nonce: str, verifier: str) -> Told:
    """Whom the provider says the person is who brought `code`. Raises ProviderFailed."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "code_verifier": verifier,
    }
    pair = f"{quote(provider.client_id, safe='')}:{quote(provider.client_secret, safe='')}"
    told = _fetch(
        _address(provider, "token_endpoint"),
        body=urlencode(form).encode(),
        headers={
            "Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}",
            "Content-Type": "application/x-www-form-urlencoded",
        },
    )
    token = told.get("id_token")
    if not isinstance(token, str):
        raise _failed()
    return told_in(provider, token, nonce=nonce)


def told_in(provider: Provider, token: str, *, nonce: str) -> Told:
    """Whom an ID token names, if all of it holds: signature, issuer, audience, time, nonce. Raises
    ProviderFailed."""
    try:
        claims = _claims(provider, token)
        jwt.JWTClaimsRegistry(
            leeway=_LEEWAY,
            iss={"essential": True, "value": provider.issuer},
            aud={"essential": True, "value": provider.client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": nonce},
        ).validate(claims)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise _failed() from error
    audience = claims["aud"]
    many = isinstance(audience, list) and len(audience) > 1
    if claims.get("azp", None if many else provider.client_id) != provider.client_id:
        raise _failed()
    subject = claims.get(provider.claim)
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise _failed()
    # An address that anybody may write into his account there names nobody.
    if provider.claim == "email" and claims.get("email_verified") is not True:
        raise _failed()
    methods = claims.get("amr")
    said = [claims.get("acr"), *(methods if isinstance(methods, list) else ())]
    return Told(subject, any(one in provider.second_factor for one in said))


def _claims(provider: Provider, token: str) -> dict[str, Any]:
    """The claims of a token whose signature holds, with the keys read anew if need be."""
    try:
        return jwt.decode(token, _keys(provider), algorithms=_ALGORITHMS).claims
    except (JoseError, ValueError):
        if not _forget_keys(provider):
            raise
    return jwt.decode(token, _keys(provider), algorithms=_ALGORITHMS).claims


def _keys(provider: Provider) -> KeySet:
    address = _address(provider, "jwks_uri")
    return KeySet.import_key_set(_remembered(address))  # type: ignore[arg-type]


def _forget_keys(provider: Provider) -> bool:
    """Let the keys be read anew, unless they were read a moment ago; says which."""
    address = _address(provider, "jwks_uri")
    with _lock:
        kept = _kept.get(address)
        if kept is None or time.monotonic() - kept[0] < _AGAIN_AFTER:
            return False
        del _kept[address]
    return True


def _address(provider: Provider, name: str) -> str:
    """An address that the provider publishes of itself."""
    known = _remembered(f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
    found = known.get(name)
    if known.get("issuer") != provider.issuer or not isinstance(found, str) or not is_safe(found):
        raise _failed()
    return found


def _remembered(address: str) -> Mapping[str, Any]:
    with _lock:
        kept = _kept.get(address)
    if kept is not None and time.monotonic() - kept[0] < _KEPT:
        found: Mapping[str, Any] = kept[1]
        return found
    told = _fetch(address)
    with _lock:
        _kept[address] = (time.monotonic(), told)
    return told


def _fetch(
    address: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> Mapping[str, Any]:
    """A JSON object from the provider, of bounded size; no redirect is followed."""
    if not is_safe(address):
        raise _failed()
    try:
        response = _pool.request(
            "GET" if body is None else "POST", address, body=body, headers=dict(headers or {}),
            redirect=False, preload_content=False,
        )  # fmt: skip
        try:
            content = response.read(_LONGEST + 1)
        finally:
            response.close()
        if response.status != 200 or len(content) > _LONGEST:
            raise ValueError(f"status {response.status}")
        found = json.loads(content)
    except (urllib3.exceptions.HTTPError, ValueError, RecursionError) as error:
        raise _failed() from error
    if not isinstance(found, dict):
        raise _failed()
    return found


def _failed() -> ProviderFailed:
    return ProviderFailed(
        _("Nơi cấp danh tính không trả lời, hoặc trả lời không đúng."),
        hint=_("Thử lại sau ít phút, hoặc đăng nhập bằng mật khẩu."),
    )
