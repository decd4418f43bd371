"""An identity provider on loopback, as a process of its own: `python -m tests.support.provider`.

It lets everybody in without asking. What it says, honest or not, is read from a file anew for each
token: claims over the right ones, `key` (a number: another one is another key), `alg`, `jwks`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

CLIENT, SECRET = "tangthu", "bí mật: có dấu"


@dataclass
class Provider:
    """A provider that runs: its issuer, and the file of what it says."""

    issuer: str
    script: Path

    def says(self, **told: object) -> None:
        """From now on say this in tokens."""
        self.script.write_text(json.dumps(told), encoding="utf-8")


@contextmanager
def provider(folder: Path) -> Iterator[Provider]:
    """Run one until the block ends."""
    script = folder / "provider.json"
    script.write_text("{}", encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.provider", str(script)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        issuer = process.stdout.readline().strip()
        assert issuer, "the provider ended at once"
        yield Provider(issuer, script)
    finally:
        process.terminate()
        process.wait(15)
        if process.stdout is not None:
            process.stdout.close()


class _Handler(BaseHTTPRequestHandler):
    script: Path
    keys: dict[int, Any] = {}
    codes: dict[str, dict[str, str]] = {}

    def log_message(self, *_told: object) -> None:
        """Say nothing."""

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def _told(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.script.read_text(encoding="utf-8"))
        return found

    def _key(self, number: int) -> Any:
        from joserfc.jwk import RSAKey

        if number not in self.keys:
            self.keys[number] = RSAKey.generate_key(2048, {"kid": f"k{number}", "use": "sig"})
        return self.keys[number]

    def _send(self, told: object, status: int = 200) -> None:
        content = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        """Discovery, keys, and the page that lets everybody in."""
        parts = urlsplit(self.path)
        if parts.path == "/.well-known/openid-configuration":
            self._send(
                {
                    "issuer": self._told().get("issuer", self.issuer),
                    "authorization_endpoint": f"{self.issuer}/in",
                    "token_endpoint": f"{self.issuer}/token",
                    "jwks_uri": f"{self.issuer}/keys",
                }
            )
        elif parts.path == "/keys":
            key = self._key(int(self._told().get("key", 1)))
            self._send(self._told().get("jwks", {"keys": [key.as_dict(private=False)]}))
        else:
            asked = {name: one[0] for name, one in parse_qs(parts.query).items()}
            assert (asked["response_type"], asked["scope"]) == ("code", "openid")
            code = hashlib.sha256(asked["state"].encode()).hexdigest()
            self.codes[code] = asked
            answer = urlencode({"code": code, "state": asked["state"], "iss": self.issuer})
            self.send_response(302)
            self.send_header("Location", f"{asked['redirect_uri']}?{answer}")
            self.end_headers()

    def do_POST(self) -> None:
        """The token for a code, once, for the right client with the right verifier."""
        from urllib.parse import unquote

        sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: one[0] for name, one in parse_qs(sent).items()}
        pair = base64.b64decode(self.headers["Authorization"].removeprefix("Basic ")).decode()
        asked = self.codes.pop(form["code"], None)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (
            asked is None
            or [unquote(one) for one in pair.split(":")] != [CLIENT, SECRET]
            or challenge != asked["code_challenge"]
            or form["redirect_uri"] != asked["redirect_uri"]
        ):
            self._send({"error": "invalid_grant"}, 400)
            return
        self._send({"access_token": "x", "token_type": "Bearer", "id_token": self._token(asked)})

    def _token(self, asked: dict[str, str]) -> str:
        from joserfc import jwt
        from joserfc.jwk import OctKey

        told = self._told()
        told.pop("jwks", None)
        key, alg = self._key(int(told.pop("key", 1))), told.pop("alg", "RS256")
        if told.pop("forged", False):
            key = self._key(99)
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "sub": "u-1", "nonce": asked["nonce"],
            "iat": now, "exp": now + 300, **told,
        }  # fmt: skip
        claims = {name: one for name, one in claims.items() if one is not None}
        if alg == "none":
            parts = [{"alg": "none"}, claims]
            encoded = [base64.urlsafe_b64encode(json.dumps(one).encode()) for one in parts]
            return ".".join(one.rstrip(b"=").decode() for one in encoded) + "."
        if alg == "HS256":
            shared = OctKey.import_key(key.as_pem(private=False))
            return jwt.encode({"alg": alg, "kid": key.kid}, claims, shared, algorithms=["HS256"])
        return jwt.encode({"alg": alg, "kid": key.kid}, claims, key)


if __name__ == "__main__":
    _Handler.script = Path(sys.argv[1])
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
        server.serve_forever()
