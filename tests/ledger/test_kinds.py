"""Kinds of events: declared in words, mapped to PREMIS, kept apart by chain (IN-16, 17, 19)."""

from __future__ import annotations

import json
import string
import tomllib
import uuid
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import translation

import tangthu
from tangthu.ledger import kinds, proofs
from tangthu.ledger.history import history
from tangthu.ledger.integrator import run_once
from tangthu.ledger.record import record_many
from tangthu.ledger.signer import Signer
from tangthu.ledger.verification import verify
from tangthu.standards.ril import kinds as ril_kinds
from tangthu.standards.ril.events import b64u, parse_leaf
from tests.ledger import steps
from tests.support.house import TestHouse

FILES = sorted(Path(tangthu.__file__).parent.rglob("events.toml"))


def _declared() -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    for path in FILES:
        found |= tomllib.loads(path.read_text(encoding="utf-8"))
    return found


@pytest.mark.req("IN-17")
def test_every_declared_kind_has_a_known_k_and_a_sentence_in_both_languages() -> None:
    declared = _declared()
    assert set(declared) == {kind.name for kind in kinds.all_kinds()}
    for name, entry in declared.items():
        assert ril_kinds.is_record_kind(str(entry["k"])), name
        for language in ("vi", "en"):
            sentence = str(entry[language])
            assert sentence.strip() == sentence != "", name
            assert not sentence.endswith("."), name
        named = [
            {part[1] for part in string.Formatter().parse(str(entry[language])) if part[1]}
            for language in ("vi", "en")
        ]
        assert named[0] == named[1], name
        with translation.override("en"):
            assert kinds.kind(name).sentence() == entry["en"]
        with translation.override("vi"):
            assert kinds.kind(name).sentence() == entry["vi"]


@pytest.mark.req("IN-17")
def test_a_kind_that_goes_into_packages_has_the_premis_event_type_of_its_k() -> None:
    in_packages = {name: entry for name, entry in _declared().items() if entry.get("package")}
    assert in_packages
    for name, entry in in_packages.items():
        assert kinds.kind(name).premis == ril_kinds.premis_type(str(entry["k"])) != ""
    assert kinds.kind("records.document.received").premis == "capture"
    assert kinds.kind("records.dossier.created").premis == "creation"


@pytest.mark.req("IN-19")
def test_looking_and_exporting_go_to_the_access_chain_everything_else_to_custody() -> None:
    for kind in kinds.all_kinds():
        assert kind.chain == ("a" if kind.k in ("view", "export") else "c"), kind.name


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('["other.x.y"]\nk = "edit"\nvi = "a"\nen = "b"\n', ValueError),
        ('["app.x"]\nk = "edit"\nvi = "a"\nen = "b"\n', ValueError),
        ('["app.x.y"]\nk = "nothing"\nvi = "a"\nen = "b"\n', kinds.UnknownKind),
        ('["app.x.y"]\nk = "sys.open"\nvi = "a"\nen = "b"\n', kinds.UnknownKind),
        ('["app.x.y"]\nk = "edit"\nchain = "a"\nvi = "a"\nen = "b"\n', ValueError),
    ],
)
def test_a_wrong_declaration_is_refused_at_start_up(
    tmp_path: Path, text: str, error: type[Exception]
) -> None:
    path = tmp_path / "events.toml"
    path.write_text(text)
    with pytest.raises(error):
        kinds.load(path, "app")


@pytest.mark.req("IN-19")
def test_a_custody_proof_holds_nothing_of_those_who_looked(cast: TestHouse) -> None:
    obj = uuid.uuid4()
    body = cast.body("H30.81").id
    with transaction.atomic():
        looked = record_many(
            [
                steps.event(body, obj),
                steps.event(body, obj, "records.document.viewed"),
                steps.event(body, obj, "records.file.exported"),
                steps.event(body, obj),
            ]
        )
    run_once()
    assert [(event.ch, event.n) for event in looked] == [("c", 1), ("a", 1), ("a", 2), ("c", 2)]
    assert [event.k for event in history(obj)] == ["edit", "edit"]
    assert [event.k for event in history(obj, ch="a")] == ["view", "export"]
    document = proofs.bundle(obj)
    assert document is not None
    leaves = {row[1]: row[-1] for row in steps.entries(steps.log(cast))}
    shown = json.dumps(document)
    for event in looked:
        assert (b64u(leaves[event.eid]) in shown) == (event.ch == "c")
        assert str(event.eid) not in shown
    log = steps.log(cast)
    key = Signer(cast.home, log.log_id, log.origin).verifier_key
    assert proofs.verify_bundle(document, log.origin, [key]) == 2


@pytest.mark.req("IN-16")
def test_a_classified_installation_hides_the_kinds_in_its_leaves_and_still_proves_them(
    cast: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_once()
    open_leaves = len(steps.entries(steps.log(cast)))
    monkeypatch.setattr(settings, "LEDGER_CLASSIFIED", True)
    obj = uuid.uuid4()
    steps.record_on(cast, [obj, obj])
    run_once()
    log = steps.log(cast)
    assert {parse_leaf(row[-1]).k for row in steps.entries(log)[open_leaves:]} == {"ev"}
    assert [event.k for event in history(obj)] == ["edit", "edit"]
    document = proofs.bundle(obj)
    key = Signer(cast.home, log.log_id, log.origin).verifier_key
    assert proofs.verify_bundle(document, log.origin, [key]) == 2
    assert verify(log).problems == []


@pytest.mark.req("IN-15")
def test_a_leaf_says_kind_and_time_and_nothing_else(cast: TestHouse) -> None:
    obj = uuid.uuid4()
    steps.record_on(cast, [obj])
    with connection.cursor() as cursor:
        cursor.execute("SELECT leaf FROM ledger_pending WHERE obj = %s", [obj])
        leaf = bytes(cursor.fetchone()[0])
    assert set(json.loads(leaf)) == {"c", "k", "t", "v"}
    assert len(leaf) < 100
