"""A field is whole: column, migration, state, length, and its place in an index."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.utils import timezone

from tangthu.archive.batch import headings, layout
from tangthu.archive.batch.duties import LENGTHS
from tangthu.records.fields import fields_of, own_fields
from tangthu.records.models import Document, Dossier
from tangthu.records.states import DOCUMENT_FIELDS, DOSSIER_FIELDS
from tests.support.house import TestHouse

ROOT = Path(__file__).resolve().parents[2]


def test_no_model_lacks_a_migration() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "migrations.py"), "--check"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"run tools/migrations.py\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize(
    ("model", "level", "state", "edited"),
    [
        (Dossier, "dossier", DOSSIER_FIELDS, layout.DOSSIER_FIELDS),
        (Document, "document", DOCUMENT_FIELDS, layout.DOCUMENT_FIELDS),
    ],
)
def test_every_field_of_the_registry_is_whole(
    shared_cast: TestHouse,
    model: type[Dossier] | type[Document],
    level: str,
    state: tuple[str, ...],
    edited: tuple[str, ...],
) -> None:
    today = timezone.localdate()
    columns = {column.name: column for column in model._meta.get_fields()}
    for field in fields_of(model, today):
        assert field.identifier in state, "events and packages do not notice a change of it"
    for field in own_fields(model, today):
        name = field.identifier
        assert name in columns, "no such column: the field is left out everywhere"
        if field.kind == "string":
            length = getattr(columns[name], "max_length", None)
            assert length == field.max_length, f"{name}: column and registry differ"
        if f"{level}.{name}" in headings.BY_KEY:
            assert LENGTHS[level].get(name) == field.max_length, f"{name}: batch/duties.py"
            assert name in edited, f"{name}: batch/layout.py, or the Excel report leaves it out"
