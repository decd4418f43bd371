"""Real scans of a provincial body, packaged and judged."""

from __future__ import annotations

import hashlib
import os
from datetime import datetime
from pathlib import Path

import pytest
import tt05_cases as cases

from tangthu.standards.tt05.codes import arc_file_code, doc_code, file_code
from tangthu.standards.tt05.dates import VIETNAM
from tangthu.standards.tt05.filenames import parse_file_name
from tangthu.standards.tt05.package import ContentFile, PackagedDocument
from tangthu.standards.tt05.reader import read_package
from tangthu.standards.tt05.validator import validate
from tangthu.standards.vietnamese.dates import PartialDate

BATCH = (
    Path(os.environ.get("TANGTHU_CORPORA", Path(__file__).parents[4] / "shared/corpora"))
    / "hau-giang-2010"
)


def test_scans_of_hau_giang_2010_make_a_valid_package(tmp_path):
    if not BATCH.is_dir():
        pytest.skip("SKIPPED: the Hậu Giang batch of ../shared/corpora is absent")
    code = file_code(agency_code="H30.81", year=2010, notation="01")
    arc = arc_file_code("001.03.08", code)
    documents = []
    for path in sorted(BATCH.glob("*.pdf"))[:5]:
        ordinal = parse_file_name(path.name).ordinal
        data = path.read_bytes()
        content = ContentFile(
            source=path,
            original_name=path.name,
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            media_type="application/pdf",
            format_name="Acrobat PDF/A - Portable Document Format",
            format_version="2b",
            pronom_id="fmt/477",
            created=datetime(2024, 5, 6, tzinfo=VIETNAM),
        )
        description = cases.document(
            ordinal,
            archive_file_code=arc,
            record_archive_code=doc_code(code, ordinal),
            issued_on=PartialDate(2010, 1, 1),
        )
        documents.append(PackagedDocument(description=description, files=(content,)))
    dossier = cases.dossier(
        archive_file_code=arc,
        record_count=83,
        sheet_count=279,
        start_date=PartialDate(2010, 1, 1),
        end_date=PartialDate(2010, 6, 28),
        paper_file_code="001.03.08.K4-01.01",
    )
    root = cases.build(tmp_path, cases.package(*documents, dossier=dossier))
    verdict = validate(root)
    assert verdict.valid
    # The file declares 83 documents, the batch holds fewer: said, not refused.
    assert [(f.rule, f.field, f.severity) for f in verdict.findings] == [
        ("RM-810", "totalDoc", "warning")
    ]
    read = read_package(root)
    assert [d.files[0].original_name for d in read.documents] == [
        p.name for p in sorted(BATCH.glob("*.pdf"))[:5]
    ]
