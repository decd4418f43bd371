"""A batch of a body that TT05 binds, and the same of one that it only advises (AR-03)."""

from __future__ import annotations

import pytest

from tangthu.archive.batch.accept import COMPLETE, apply
from tangthu.archive.batch.codes import CodeLists
from tangthu.archive.bound import advised
from tests.archive.batch.small import dry_run, file, row


@pytest.mark.req("AR-03")
def test_duties_of_the_circular_hold_back_where_it_binds_and_are_told_where_it_advises(
    lists: CodeLists,
) -> None:
    given = row(issuer="", retention="", subject="x" * 501)
    report = dry_run(lists, [given], [file("a/001.pdf", pdfa=False)])
    duties = {"field.missing.issuer", "field.too-long", "file.not-pdfa"}
    assert duties <= {one.code for one in report.findings if one.severity == "asks"}
    assert apply(report, [], COMPLETE, lists=lists).ready == ()
    told = advised(report)
    assert duties <= {one.code for one in told.findings if one.severity == "note"}
    (ready,) = apply(told, [], COMPLETE, lists=lists).ready
    assert len(ready.documents) == 1 and "issuer" not in ready.documents[0].values


@pytest.mark.parametrize("name", ["subject", "title"])
def test_without_its_structure_there_is_no_record_anywhere(lists: CodeLists, name: str) -> None:
    report = advised(dry_run(lists, [row(**{name: ""})], [file("a/001.pdf")]))
    assert apply(report, [], COMPLETE, lists=lists).ready == ()
    assert any(one.severity == "asks" for one in report.findings)
