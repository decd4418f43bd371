"""An authenticator in software: makes passkeys and signs with them, honestly or not."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    """One device with one passkey of one person."""

    origin: str = "http://localhost"
    host: str = "localhost"
    count: int = 0
    verifies: bool = True
    credential: bytes = field(default_factory=lambda: os.urandom(32))
    handle: bytes = b""
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def make(self, options: dict[str, Any], **client: object) -> str:
        """Answer the options of a page that wants a new passkey."""
        from fido2.utils import websafe_decode

        self.handle = websafe_decode(options["user"]["id"])
        public = ES256.from_cryptography_key(self.key.public_key())
        data = AuthenticatorData.create(
            self._host_hash(),
            self._flags() | ATTESTED,
            self.count,
            bytes(AttestedCredentialData.create(Aaguid.NONE, self.credential, public)),
        )
        attested = AttestationObject.create("none", data, {})
        told = self._client("webauthn.create", options, client)
        return self._answer({"clientDataJSON": told, "attestationObject": bytes(attested)})

    def prove(self, options: dict[str, Any], *, count: int | None = None, **client: object) -> str:
        """Answer the options of a page that wants a proof; `client` changes what is said there."""
        self.count = self.count + 1 if count is None else count
        data = AuthenticatorData.create(self._host_hash(), self._flags(), self.count)
        told = self._client("webauthn.get", options, client)
        signed = bytes(data) + hashlib.sha256(told).digest()
        signature = self.key.sign(signed, ec.ECDSA(SHA256()))
        return self._answer(
            {
                "clientDataJSON": told,
                "authenticatorData": bytes(data),
                "signature": signature,
                "userHandle": self.handle,
            }
        )

    def _host_hash(self) -> bytes:
        return hashlib.sha256(self.host.encode()).digest()

    def _flags(self) -> int:
        return PRESENT | (VERIFIED if self.verifies else 0)

    def _client(self, kind: str, options: dict[str, Any], changed: dict[str, object]) -> bytes:
        told = {"type": kind, "challenge": options["challenge"], "origin": self.origin}
        made = json.dumps({**told, "crossOrigin": False, **changed}).encode()
        return bytes(CollectedClientData(made))

    def _answer(self, response: dict[str, bytes]) -> str:
        name = websafe_encode(self.credential)
        return json.dumps(
            {
                "id": name,
                "rawId": name,
                "type": "public-key",
                "response": {key: websafe_encode(one) for key, one in response.items()},
                "clientExtensionResults": {},
            }
        )
