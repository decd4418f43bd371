"""Passkeys (W3C Web Authentication): what a browser is asked, and whether what it answers holds.

The checks of the standard (type, challenge, origin, RP ID, presence, verification, signature) are
those of python-fido2. Which authenticator it is nobody asks: no attestation is wanted or looked at.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from fido2.cose import CoseKey
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorData,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from tangthu.signin.places import Place

NAME = "Tàng Thư"
# An answer with a certificate chain of an authenticator is a few kilobytes long.
LONGEST_ANSWER = 20_000
# The standard's ceiling for the id of a credential.
LONGEST_ID = 1023
_MINUTES = 3
_T = TypeVar("_T")
# What hostile JSON, CBOR and keys make the library raise.
_FAULTS = (
    ValueError, KeyError, TypeError, AttributeError, IndexError, AssertionError, OverflowError,
    RecursionError, NotImplementedError, struct.error, InvalidSignature, UnsupportedAlgorithm,
)  # fmt: skip


class NotProved(Exception):
    """An answer that does not hold, whatever is wrong with it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the browser is asked (its `publicKey` options), and what must be known of it later."""

    options: Mapping[str, Any]
    state: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Made:
    """A new credential: its id, its public key as kept, its counter."""

    credential: bytes
    kept: bytes
    count: int


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof that holds: the counter, whether the person was verified, whom the key says he is."""

    count: int
    verified: bool
    handle: bytes


def ask_for_new(
    place: Place, *, handle: bytes, username: str, full_name: str, known: Sequence[bytes]
) -> Asked:
    """What makes a new passkey for a person, on none of the authenticators that hold a `known`."""
    user = PublicKeyCredentialUserEntity(id=handle, name=username, display_name=full_name)
    options, state = _server(place).register_begin(
        user,
        [_descriptor(one) for one in known],
        resident_key_requirement=ResidentKeyRequirement.PREFERRED,
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return Asked(_plain(options.public_key), state)


def new_from(place: Place, state: Mapping[str, Any], answer: str) -> Made:
    """The credential that the browser made. Raises NotProved."""

    def look() -> Made:
        told = RegistrationResponse.from_dict(_read(answer))
        _refuse_frames(told.response.client_data.cross_origin)
        data = _server(place).register_complete(state, told)
        found = data.credential_data
        if found is None or found.public_key.ALGORITHM not in CoseKey.supported_algorithms():
            raise ValueError("no key of a known algorithm")
        if found.credential_id != told.raw_id or not 0 < len(told.raw_id) <= LONGEST_ID:
            raise ValueError("two ids")
        return Made(bytes(found.credential_id), bytes(found), data.counter)

    return _safely(look)


def ask_for_proof(place: Place, known: Sequence[bytes] | None, *, verified: bool) -> Asked:
    """What lets a person prove that he holds one of the `known` (None: any passkey for this place
    that his device offers), by PIN or finger as well where `verified`."""
    need = UserVerificationRequirement
    options, state = _server(place).authenticate_begin(
        None if known is None else [_descriptor(one) for one in known],
        user_verification=need.REQUIRED if verified else need.PREFERRED,
    )
    return Asked(_plain(options.public_key), state)


def credential_in(answer: str) -> bytes:
    """The id of the credential that an answer says it is of. Raises NotProved."""

    def look() -> bytes:
        found: bytes = AuthenticationResponse.from_dict(_read(answer)).raw_id
        return found[: LONGEST_ID + 1]

    return _safely(look)


def proof_in(place: Place, state: Mapping[str, Any], kept: bytes, answer: str) -> Proof:
    """What an answer proves with the key as kept. Raises NotProved."""

    def look() -> Proof:
        told = AuthenticationResponse.from_dict(_read(answer))
        _refuse_frames(told.response.client_data.cross_origin)
        _server(place).authenticate_complete(state, [AttestedCredentialData(kept)], told)
        data: AuthenticatorData = told.response.authenticator_data
        return Proof(data.counter, data.is_user_verified(), told.response.user_handle or b"")

    return _safely(look)


def _server(place: Place) -> Fido2Server:
    server = Fido2Server(
        PublicKeyCredentialRpEntity(id=place.host, name=NAME),
        verify_origin=lambda origin: origin == place.origin,
    )
    server.timeout = _MINUTES * 60_000
    return server


def _descriptor(credential: bytes) -> PublicKeyCredentialDescriptor:
    return PublicKeyCredentialDescriptor(type=PublicKeyCredentialType.PUBLIC_KEY, id=credential)


def _plain(options: object) -> dict[str, Any]:
    """Options as JSON has them, byte strings in Base64url."""
    found: dict[str, Any] = json.loads(json.dumps(options, default=dict))
    return found


def _read(answer: str) -> Mapping[str, Any]:
    if len(answer) > LONGEST_ANSWER:
        raise ValueError("too long")
    found = json.loads(answer)
    if not isinstance(found, dict):
        raise TypeError("no object")
    return found


def _refuse_frames(cross_origin: object) -> None:
    """No page of ours lies in a frame of another site."""
    if cross_origin:
        raise ValueError("asked in a frame of another site")


def _safely(look: Callable[[], _T]) -> _T:
    try:
        return look()
    except _FAULTS as error:
        raise NotProved(str(error)[:200]) from error
