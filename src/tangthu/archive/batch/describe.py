"""What is ready, as the descriptions TT05 packages hold: the bridge to `standards.tt05`.

Codes are composed by AR-32…34: the dossier's own code as its file names bear it when the index or
the names state one, else body, year and number; nothing already given is composed anew (AR-36).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tangthu.archive.batch.model import ReadyDocument, ReadyDossier
from tangthu.archive.batch.rows import Value
from tangthu.standards.tt05.codes import arc_file_code, doc_code, file_code
from tangthu.standards.tt05.dates import parse_date
from tangthu.standards.tt05.descriptions import DocumentDescription, DossierDescription
from tangthu.standards.vietnamese.dates import PartialDate

_TRUTH = re.compile(
    r"Bảng kê khai \d+ tài liệu(?:, \d+ tờ)?; hồ sơ số hóa này có \d+ tài liệu\.",
)


def archive_file_code(dossier: ReadyDossier) -> str:
    """Mã hồ sơ lưu trữ of a ready dossier. Raises `InvalidCodeError` for parts that make none."""
    values = dossier.values
    archive = _text(values, "archive_code")
    stated = _text(values, "file_code")
    if stated.startswith(f"{archive}."):
        return stated
    code = stated or file_code(
        agency_code=_text(values, "body_code"),
        year=int(_text(values, "year") or "0"),
        notation=_text(values, "number"),
    )
    return arc_file_code(archive, code)


def dossier_description(dossier: ReadyDossier) -> DossierDescription:
    """The 18 elements of EAD.xml; the note says how many documents and sheets were declared."""
    values = dossier.values
    backup = _text(values, "backup")
    return DossierDescription(
        archive_file_code=archive_file_code(dossier),
        title=_text(values, "title"),
        retention_code=_text(values, "retention"),
        access_level=_text(values, "mode"),
        language_codes=_codes(values, "language"),
        start_date=_date(values, "start"),
        end_date=_date(values, "end"),
        keywords=_text(values, "keyword"),
        record_count=_number(values, "documents"),
        sheet_count=_number(values, "sheets"),
        page_count=_number(values, "pages"),
        physical_condition=_text(values, "condition"),
        info_symbol=_text(values, "info_sign"),
        reliability=_text(values, "confidence"),
        paper_file_code=_text(values, "paper_code"),
        backup_required=backup == "1" if backup else None,
        backup_status=_text(values, "backup_status"),
        note=note(dossier),
    )


def note(dossier: ReadyDossier) -> str:
    """The dossier's note, remark, and the truth about what was declared and what is here."""
    parts = [_text(dossier.values, "note"), _text(dossier.values, "remark"), *_homeless(dossier)]
    return " ".join(part for part in (*parts, _truth(dossier, len(dossier.documents))) if part)


def _homeless(dossier: ReadyDossier) -> Iterator[str]:
    """What the index says of the dossier and neither an element nor the paper code holds."""
    shelf = _text(dossier.values, "shelf")
    if shelf and shelf not in _text(dossier.values, "paper_code"):
        yield f"Giá số: {shelf}."
    interval = dossier.values.get("interval")
    if interval is not None and not {"start", "end"} <= dossier.values.keys():
        yield f"Thời gian tài liệu: {interval.raw}."


def note_retold(standing: str, dossier: ReadyDossier, present: int) -> str:
    """The note that stands, with what it says of declared and present documents brought up to date.

    What else people wrote in it stays. `present` counts all documents of the dossier.
    """
    kept = " ".join(_TRUTH.sub(" ", standing).split())
    return " ".join(part for part in (kept, _truth(dossier, present)) if part)


def _truth(dossier: ReadyDossier, present: int) -> str:
    if dossier.declared_documents is None or dossier.declared_documents == present:
        return ""
    declared = f"{dossier.declared_documents} tài liệu"
    if dossier.declared_sheets is not None:
        declared += f", {dossier.declared_sheets} tờ"
    return f"Bảng kê khai {declared}; hồ sơ số hóa này có {present} tài liệu."


def document_description(dossier: ReadyDossier, document: ReadyDocument) -> DocumentDescription:
    """The 19 elements of EAD_doc for one document of a ready dossier."""
    values = document.values
    code = archive_file_code(dossier)
    ordinal = int(_text(values, "ordinal"))
    process = _text(values, "process")
    return DocumentDescription(
        archive_file_code=code,
        access_level=_text(values, "mode"),
        language_codes=_codes(values, "language"),
        keywords=_text(values, "keyword"),
        page_count=_number(values, "pages"),
        physical_condition=_text(values, "condition"),
        info_symbol=_text(values, "info_sign"),
        reliability=_text(values, "confidence"),
        note=_text(values, "note"),
        record_archive_code=doc_code(code, ordinal),
        ordinal=ordinal,
        record_type=_text(values, "type"),
        number=_text(values, "number"),
        symbol=_text(values, "notation"),
        issued_on=_date(values, "issued"),
        issuer=_text(values, "issuer"),
        subject=_text(values, "subject"),
        handwriting=_text(values, "autograph"),
        has_process_file=process == "1" if process else None,
    )


def _text(values: Mapping[str, Value], name: str) -> str:
    value = values.get(name)
    return value.value if value is not None else ""


def _number(values: Mapping[str, Value], name: str) -> int | None:
    text = _text(values, name)
    return int(text) if text else None


def _codes(values: Mapping[str, Value], name: str) -> tuple[str, ...]:
    return tuple(code for code in _text(values, name).split(";") if code)


def _date(values: Mapping[str, Value], name: str) -> PartialDate | None:
    text = _text(values, name)
    return parse_date(text) if text else None
