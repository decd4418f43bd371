"""The vectors that are published with the format (IN-98), all byte for byte."""

from __future__ import annotations

import base64
from hashlib import sha256
from uuid import UUID

import pytest

from tangthu.standards.ril import events, jcs, labels
from tangthu.standards.tlog.checkpoint import Checkpoint, format_checkpoint, open_checkpoint
from tangthu.standards.tlog.note import Cosigner, Signer, parse_vkey

pytestmark = pytest.mark.req("IN-98")

ORIGIN = "log.archive.example/main"
OBJ = UUID("0192f0c1-2345-7abc-8def-0123456789ab")
FILE = b"%PDF-1.7\n% test record\n"
FIELD = (
    b'[{"alg":"sha-256","fmt":"fmt/276",'
    b'"h":"2cf0f9dc1ea863d656c04ff2862a0557eb6ea752ea66fdcc39ca7db6b4a16f10",'
    b'"id":"rep1/f1","sz":23}]'
)
FIELD_SALT = bytes.fromhex("4fcdba8c30f39cf4f72796831d28b03797ed8f9381e4c2c59485679dbc3ff97e")
FIELD_COMMITMENT = "tlu5KcjkxADh5kVPi65NAHXSQYwdLgmSZrMRPBk-XKs"
H0 = bytes.fromhex("736f6702d0ece50c9e8d00927f8a08c2df8016d36e87e4698bfb1c006f0e5d1b")
BODY = (
    b'{"ch":"c","eid":"0192f0c2-0000-7000-8000-000000000029","k":"receive",'
    b'"log":"log.archive.example/main","n":1,"obj":"0192f0c1-2345-7abc-8def-0123456789ab",'
    b'"out":"ok","prev":"c29nAtDs5QyejQCSf4oIwt-AFtNuh-Rpi_scAG8OXRs","t":1795334460000,'
    b'"typ":"ril-event/1","x":{"agent":"Bykgdk2qaB980DWiScSXb_UUY196icXiZ40RgQewqKA",'
    b'"content":"tlu5KcjkxADh5kVPi65NAHXSQYwdLgmSZrMRPBk-XKs",'
    b'"state":"l2x4im2SMw8LB3O00pSNCF-TF_am1LZOAFsmkP1wzNk"}}'
)
BODY_SALT = bytes.fromhex("169f1639b8ac203aafe86ce6d5595dcff0cf340a268ccb977b4e4d15e160998a")
LEAF = b'{"c":"sW-92kjJIRyvnhyHwejZOMwcIfK5XtK_I21EEAOcTno","k":"receive","t":1795334460000,"v":1}'
LEAF_HASH = "cea56bf34a07bb05859055f94c44746146c48b31cc7b83f310d30c7cb468e412"
LOG_VKEY = "log.archive.example/main+43a687b3+AbGFPGkUDi+LTCK8i081uQ5OMXZv+nATIw4tKT2tn55Q"
WITNESS_VKEY = "witness.archive-b.example/w1+468c85ea+BNTYvFJJ1F2gHKydMFBlEpfVURi8rWQup37nu7PF2NV1"


def seed(number: int) -> bytes:
    return sha256(b"ril test seed %d" % number).digest()


def test_the_field_value_and_its_commitment() -> None:
    assert sha256(FILE).hexdigest() in FIELD.decode()
    assert jcs.dumps(jcs.loads(FIELD)) == FIELD
    assert jcs.loads(FIELD)[0]["sz"] == len(FILE)
    assert events.field_commitment(FIELD_SALT, FIELD) == FIELD_COMMITMENT


def test_the_first_chain_value() -> None:
    assert events.chain_start(OBJ, "c") == H0


def test_the_body_its_leaf_and_the_next_chain_value() -> None:
    body = events.parse_body(BODY)
    built = events.build_body(
        log=ORIGIN,
        eid=UUID("0192f0c2-0000-7000-8000-000000000029"),
        obj=OBJ,
        ch="c",
        n=1,
        prev=H0,
        k="receive",
        t=1795334460000,
        out="ok",
        x=body.x,
    )
    assert built == BODY
    leaf = events.build_leaf(events.body_commitment(BODY_SALT, BODY), "receive", 1795334460000)
    assert leaf == LEAF
    assert events.leaf_hash(leaf).hex() == LEAF_HASH
    assert events.chain_next(H0, events.leaf_hash(leaf)).hex() == (
        "1523589d6922dfd9ecb4df36f76d6db0a7aa78423c87f26a9b327565c12e4982"
    )
    parsed = events.parse_leaf(LEAF)
    assert isinstance(parsed, events.RecordLeaf)
    opened = events.open_body(parsed, BODY_SALT, BODY)
    assert opened == body
    assert events.open_field(opened, "content", FIELD_SALT, FIELD)[0]["id"] == "rep1/f1"


def test_the_keys_and_values_of_the_head_map() -> None:
    assert labels.map_key(OBJ, "c").hex() == (
        "d017ca1c521041943da43b0d77750e72d2614d16cf44689ab2cb27f23fca0250"
    )
    h4 = bytes.fromhex("1fd5a96220db047ed0c5bcfa51a4b849600979e1015b3fd04d56b9ff40b4c5ab")
    assert labels.head_value(4, 77, h4).hex() == (
        "57530481a7f7cba9b558a6b3c0d34ef8863108a83490dfc167fe833158d0c434"
    )


@pytest.mark.req("IN-05")
def test_the_keys_and_values_of_reference_codes_follow_their_layout() -> None:
    code = "H30.81/2010/QĐ-UBND"
    assert labels.ref_key(code) == sha256(b"ril/refkey/v1\n" + code.encode()).digest()
    assert labels.ref_value(OBJ) == sha256(b"ril/ref/v1\n" + OBJ.bytes).digest()


@pytest.mark.req("IN-05")
def test_every_label_is_its_own_and_ends_in_its_version() -> None:
    found = [value for value in vars(labels).values() if isinstance(value, bytes)]
    assert len(found) == len(set(found)) == 7
    assert all(label.startswith(b"ril/") and label.endswith(b"/v1\n") for label in found)


@pytest.mark.req("IN-42")
def test_the_witnessed_checkpoint() -> None:
    log = Signer(ORIGIN, seed(0))
    witness = Cosigner("witness.archive-b.example/w1", seed(1))
    assert log.vkey.encode() == LOG_VKEY
    assert witness.vkey.encode() == WITNESS_VKEY
    root = base64.b64decode("UEWYoW0U16SDHoymrWA0SE61Qb3sw9ZBHWiOgfHLTfU=")
    checkpoint = Checkpoint(ORIGIN, 390, root)
    text = checkpoint.text()
    note = format_checkpoint(checkpoint, [log.sign(text)], [witness.cosign(text, 1795334700)])
    assert note.decode() == (
        "log.archive.example/main\n390\nUEWYoW0U16SDHoymrWA0SE61Qb3sw9ZBHWiOgfHLTfU=\n\n"
        "— log.archive.example/main Q6aHs2I03gKBfNO4MwttUIu1sjOBQ3JRjTsA/3JhpDLVtE8WV7fKcB7TiYKP6f"
        "ux2kxM4CzAugtnjmwYNP7nyQQhNgE=\n"
        "— witness.archive-b.example/w1 RoyF6gAAAABrAqIsKjF18h+pQwFdiV4pBuY845pfCxnTQmr/gZ52PIlRRL"
        "1C99BaFgjZUCbD2XOO/yEy7F1pO/2+HIp1OyExtfcvBA==\n"
    )
    opened = open_checkpoint(note, ORIGIN, [parse_vkey(LOG_VKEY)], [parse_vkey(WITNESS_VKEY)])
    assert [found.time for found in opened.witnesses] == [1795334700]
