"""What must agree between a file's description and its documents' (RM-807, RM-810, RM-813)."""

from __future__ import annotations

from contextlib import suppress

from tangthu.standards.tt05.codes import doc_code
from tangthu.standards.tt05.descriptions import DocumentDescription, DossierDescription
from tangthu.standards.tt05.errors import InvalidCodeError
from tangthu.standards.tt05.findings import Finding, Severity, short


class CrossCheck:
    """Takes the documents of a file one after another; memory grows by one ordinal each."""

    def __init__(self, dossier: DossierDescription) -> None:
        self._dossier = dossier
        self._ordinals: set[int] = set()
        self._count = 0

    def add(self, place: str, document: DocumentDescription) -> list[Finding]:
        """Return what in the next document disagrees with the file or an earlier document."""
        self._count += 1
        arc_code = self._dossier.archive_file_code
        found: list[Finding] = []
        if document.archive_file_code != arc_code:
            message = "Mã hồ sơ lưu trữ khác với hồ sơ."
            found.append(
                _finding("RM-807", place, "arcFileCode", document.archive_file_code, message)
            )
        if document.ordinal is None:
            return found
        if document.ordinal in self._ordinals:
            message = "Số thứ tự trùng với tài liệu khác."
            found.append(_finding("RM-813", place, "docOrdinal", document.ordinal, message))
        self._ordinals.add(document.ordinal)
        if not _code_fits(document.record_archive_code, arc_code, document.ordinal):
            message = "Mã tài liệu không phải mã hồ sơ cộng 7 chữ số thứ tự."
            found.append(
                _finding("RM-807", place, "docCode", document.record_archive_code, message)
            )
        return found

    def finish(self, place: str = "EAD.xml") -> list[Finding]:
        """Return what is wrong with the file's own count of documents."""
        count = self._dossier.record_count
        if count is None or count == self._count:
            return []
        message = f"Tổng số tài liệu là {count} nhưng gói có {self._count} tài liệu."
        return [_finding("RM-810", place, "totalDoc", count, message, "warning")]


def _code_fits(code: str, arc_code: str, ordinal: int) -> bool:
    """A docCode is the file code with the ordinal; the archive's prefix may stand before it."""
    with suppress(InvalidCodeError):
        full = doc_code(arc_code, ordinal)
        return code == full or (code.count(".") >= 3 and full.endswith(f".{code}"))
    return False


def _finding(
    rule: str, place: str, name: str, value: object, message: str, severity: Severity = "error"
) -> Finding:
    return Finding(
        rule, severity, place, message, "Đối chiếu mục lục hồ sơ và sửa.", name, short(value)
    )
