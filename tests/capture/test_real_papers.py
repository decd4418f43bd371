"""Proposals measured on real scans with hand-made labels: few misses, no confident error."""

from __future__ import annotations

import pytest

from tests.capture.evaluate import labels, measure, read_all, table
from tests.support import corpora


@pytest.fixture(scope="module")
def read(sandbox):
    corpora.need("hau-giang-2010")
    return read_all(corpora.need("signed-pdf-vn").parent, sandbox)


@pytest.fixture(scope="module")
def scores(read):
    return measure(read)


def test_the_labels_cover_forty_scans_and_eight_signed_files():
    assert [label["folder"] for label in labels()].count("hau-giang-2010") == 40
    assert len(labels()) == 48


@pytest.mark.parametrize(
    ("name", "recall", "precision"),
    [
        ("type", 0.95, 0.97), ("subject", 0.9, 0.95), ("notation", 0.8, 0.95),
        ("issuer", 0.9, 0.95), ("date", 1.0, 0.9), ("number", 0.0, 0.9),
    ],
)  # fmt: skip
def test_proposals_reach_their_aim(scores, name, recall, precision):
    report = "\n".join([*table(scores), *scores[name].misses])
    assert scores[name].recall >= recall, report
    assert scores[name].precision >= precision, report


def test_no_wrong_value_is_offered_as_sure(scores):
    assert {name: score.surely_wrong for name, score in scores.items()} == dict.fromkeys(scores, 0)


def test_papers_without_a_text_layer_get_only_what_their_names_say(read):
    for label, proposals in read:
        if not label["text"]:
            assert {proposal.method for proposal in proposals} <= {"file_name"}, label["file"]
            for proposal in proposals:
                if proposal.field == "number":
                    assert proposal.value.lstrip("0") == label["number"].lstrip("0")
