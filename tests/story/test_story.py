"""The story of a batch, from the scanner's folder to a proof that needs nobody's word (make story).

One scenario through the whole system. Every later step makes it longer; none may shorten it. With
`--story-page FILE` it prints itself as a page to read.
"""

from __future__ import annotations

import html
import json
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import corpora
from tests.support.house import TestHouse


class Story:
    """Tells what is done, step by step, and what was seen."""

    def __init__(self) -> None:
        self.chapters: list[tuple[str, list[str]]] = []

    def chapter(self, title: str) -> None:
        self.chapters.append((title, []))

    def saw(self, words: str) -> None:
        self.chapters[-1][1].append(words)

    def page(self) -> str:
        """The story as one HTML page without scripts."""
        body = "".join(
            f"<h2>{number}. {html.escape(title)}</h2><ul>"
            + "".join(f"<li>{html.escape(line)}</li>" for line in lines)
            + "</ul>"
            for number, (title, lines) in enumerate(self.chapters, start=1)
        )
        return (
            '<!doctype html><html lang="vi"><meta charset="utf-8">'
            "<title>Chuyện một đợt số hóa – Tàng Thư</title><style>body{font:17px/1.6 serif;"
            "max-width:44em;margin:3em auto;padding:0 1em;color:#1b2b4b}h1,h2{line-height:1.2}"
            "</style><h1>Chuyện một đợt số hóa</h1>" + body + "</html>"
        )


@pytest.fixture
def story(request: pytest.FixtureRequest) -> Iterator[Story]:
    """The story; written to --story-page if asked."""
    told = Story()
    yield told
    target = request.config.getoption("--story-page")
    if target:
        Path(target).parent.mkdir(parents=True, exist_ok=True)
        Path(target).write_text(told.page(), encoding="utf-8")


def _batch_folder(tmp_path: Path) -> tuple[Path, Path, str, bool]:
    """The real batch where it is, else the demonstration's: folder, index, fonds name, is real."""
    real = corpora.ROOT / "hau-giang-2010"
    if real.exists():
        name = "Chi cục An toàn vệ sinh thực phẩm"
        return real, real / "metadata.xlsx", name, True
    from tangthu.faces.cli.demo_papers import PAPERS, PaperDossier, write_batch

    dossier = PaperDossier("HS01", "Tập văn bản đi quý I năm 2024", PAPERS[:7], declared=9)
    folder = tmp_path / "dot-1"
    index = write_batch(folder, (dossier,), archive_code="001.03.08", body_code="H30.81")
    return folder, index, "Ủy ban nhân dân xã Sen Hồng", False


def test_a_batch_is_imported_sealed_found_read_and_proven(
    cast: TestHouse, story: Story, tmp_path: Path
) -> None:
    from tangthu.archive import dry_run
    from tangthu.archive.actions.accept_batch import queue_acceptance
    from tangthu.archive.actions.open_batch import open_batch
    from tangthu.archive.actions.open_fonds import open_fonds
    from tangthu.archive.actions.seal_dossier import queue_sealing
    from tangthu.discovery.language import parse
    from tangthu.discovery.search import search
    from tangthu.kernel.jobs import execute
    from tangthu.ledger import proofs
    from tangthu.ledger.history import history
    from tangthu.ledger.integrator import run_once
    from tangthu.ledger.logs import log_of
    from tangthu.ledger.publishing import tree_folder
    from tangthu.records import queries
    from tangthu.repository.models import Package
    from tangthu.repository.reading import open_content
    from tangthu.standards.tlog.audit import verify_log
    from tangthu.standards.tlog.note import parse_vkey

    archivist = cast.acting("cuc")
    folder, index, fonds_name, real = _batch_folder(tmp_path)

    story.chapter("Lưu trữ viên nhận một đợt số hóa")
    fonds = open_fonds(
        archivist, cast.body("H30.81"), code="P01", name=fonds_name, agency_code="H30.81"
    )
    batch, check = open_batch(
        archivist, fonds, batch_id=uuid.uuid4(), name="Đợt 1", index=index, folder=folder,
        owns_folder=False, answers={"access": "01"},
    )  # fmt: skip
    checked = execute(check.id)
    assert checked.state == "done", checked.message
    batch.refresh_from_db()
    report = dry_run.report_of(batch)
    story.saw(f"Bảng kê {index.name}: {len(report.rows)} dòng; thư mục: {len(report.files)} tệp.")
    counts = report.counts()
    story.saw(
        f"Kiểm tra thử tìm thấy {counts['blocks']} điều chặn, {counts['asks']} điều cần hỏi, "
        f"{counts['repairs']} điều máy sửa được, {counts['note']} điều cần biết."
    )
    for finding in report.findings[:3]:
        story.saw(finding.text())

    story.chapter("Một người xem, xác nhận, tiếp nhận")
    accepted = execute(queue_acceptance(archivist, batch.id, "all-proposals").id)
    assert accepted.state == "done", accepted.message
    (dossier_id,) = accepted.result["dossiers"]
    dossier = queries.dossier(archivist.viewer, uuid.UUID(dossier_id))
    story.saw(
        f"Hồ sơ {dossier.archive_file_code}: có {dossier.record_count} tài liệu, "
        f"bảng kê khai {dossier.declared_record_count}."
    )
    assert accepted.result["documents"] == dossier.record_count
    if real:
        assert (dossier.record_count, dossier.declared_record_count) == (40, 83)
        batch.refresh_from_db()
        outcome = dry_run.outcome_of(batch, "all-proposals")
        assert outcome.ready[0].from_proposals == 35

    story.chapter("Đóng gói vào hai kho")
    sealed = execute(queue_sealing(archivist, dossier.pk).id)
    assert sealed.state == "done", f"{sealed.message} {sealed.hint}"
    package = Package.objects.get(dossier_id=dossier.pk)
    story.saw(f"{package.objid}: {sealed.result['files']} tệp, {sealed.result['bytes']} byte.")

    story.chapter("Tìm thấy và đọc được")
    question = "ke hoach" if real else "tet trong cay"
    found = search(archivist.viewer, parse(question))
    assert found.count > 0
    story.saw(f"“{question}”: {found.count} kết quả, đầu tiên là “{found.hits[0].title[:80]}”.")
    stranger = search(cast.acting("nga").viewer, parse(question))
    assert stranger.count == 0
    story.saw("Người của cơ quan khác hỏi cùng câu ấy: không có gì.")
    document = queries.documents_of(archivist.viewer, dossier).first()
    assert document is not None
    file = document.document.files.get()
    content = b"".join(open_content(file))
    assert content == next(folder.rglob(file.name)).read_bytes()
    story.saw(f"{file.name}: đọc từ kho, giống hệt bản nhận tới từng byte.")

    story.chapter("Chứng minh không cần tin ai")
    run_once()
    for told in history(dossier.pk, package.pk):
        story.saw(f"{told.when:%d/%m/%Y %H:%M:%S} {told.who}: {told.sentence}.")
    proof = json.loads(json.dumps(proofs.bundle(dossier.pk)))
    log = log_of(dossier.body_id)
    elsewhere = tmp_path / "khong-can-chung-toi"
    shutil.copytree(tree_folder(cast.home, log), elsewhere)
    key = parse_vkey((elsewhere / "keys.txt").read_text().split()[0])
    audited = verify_log(elsewhere, log.origin, [key])
    assert proofs.verify_bundle(proof, log.origin, [key]) == len(proof["events"])
    story.saw(
        f"Sổ cái {log.origin}: {audited.head.checkpoint.size} sự kiện, gốc "
        f"{audited.head.checkpoint.root.hex()[:16]}…, kiểm tra chỉ bằng bản sao các tệp."
    )
    proof["events"][0]["leaf"] = proof["events"][-1]["leaf"]
    with pytest.raises(Exception) as refused:
        proofs.verify_bundle(proof, log.origin, [key])
    assert type(refused.value).__module__.startswith("tangthu.")
    story.saw("Sửa một chữ trong bằng chứng: bị từ chối.")
