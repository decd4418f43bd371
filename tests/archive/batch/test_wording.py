"""What was found in a batch, in the language of whoever reads it."""

from __future__ import annotations

import pytest
from django.utils import translation

from tangthu.archive.batch.findings import found
from tangthu.archive.wording import finding_words


@pytest.mark.parametrize("code", ["field.type.unknown", "field.type.mapped"])
def test_a_proposed_type_is_named_in_the_readers_language(code: str) -> None:
    finding = found(code, "row:2", field="type", value="Hồ sơ", label="x", proposal="32 Khác")
    assert "32 Khác" in finding_words(finding)
    with translation.override("en"):
        assert "32 Other" in finding_words(finding)
    unknown = found(code, "row:2", field="type", value="Hồ sơ", label="x", proposal="99 Lạ")
    with translation.override("en"):
        assert "99 Lạ" in finding_words(unknown)
