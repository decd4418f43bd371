"""Addresses of the batch import and of the quarantine."""

from django.urls import path

from tangthu.archive.views import (
    import_accepting,
    import_editing,
    import_findings,
    import_images,
    import_lists,
    import_reports,
    import_tables,
    import_work,
    imports,
    quarantine,
)

_BATCH = "dot-so-hoa/<uuid:batch_id>/"

app_name = "imports"
urlpatterns = [
    path("dot-so-hoa/", imports.batches, name="batches"),
    path("dot-so-hoa/moi/", imports.new_batch, name="new"),
    path("dot-so-hoa/phong-moi/", imports.new_fonds, name="new-fonds"),
    path(_BATCH, import_findings.batch, name="batch"),
    path(f"{_BATCH}tien-do/", import_work.progress, name="progress"),
    path(f"{_BATCH}dung/", import_work.stop, name="stop"),
    path(f"{_BATCH}chay-tiep/", import_work.go_on, name="resume"),
    path(f"{_BATCH}kiem-tra-lai/", import_work.again, name="check-again"),
    path(f"{_BATCH}quyet/", import_findings.take, name="decide"),
    path(f"{_BATCH}ca-loai/", import_findings.take_kind, name="take-kind"),
    path(f"{_BATCH}tra-loi/", import_editing.answers, name="answers"),
    path(f"{_BATCH}sua/", import_editing.edit, name="edit"),
    path(f"{_BATCH}chon-bang-ke/", import_lists.lists, name="lists"),
    path(f"{_BATCH}cot/", import_editing.columns, name="columns"),
    path(f"{_BATCH}con-lai/", import_tables.waiting, name="waiting"),
    path(f"{_BATCH}dong/", import_tables.rows, name="rows"),
    path(f"{_BATCH}tep/", import_tables.files, name="files"),
    path(f"{_BATCH}quyet-dinh/", import_tables.decisions, name="decisions"),
    path(f"{_BATCH}bao-cao.xlsx", import_reports.download, name="report"),
    path(f"{_BATCH}bao-cao/", import_reports.upload, name="corrected"),
    path(f"{_BATCH}tiep-nhan/", import_accepting.accept, name="accept"),
    path(f"{_BATCH}ket-thuc/", import_accepting.close, name="close"),
    path(f"{_BATCH}tep/<int:item>/trang/<int:number>.webp", import_images.page, name="page"),
    path(f"{_BATCH}tep/<int:item>/doan/<int:number>.webp", import_images.snippet, name="snippet"),
    path("cach-ly/", quarantine.waiting, name="quarantine"),
    path("cach-ly/<uuid:held_id>/", quarantine.item, name="quarantine-item"),
    path("cach-ly/<uuid:held_id>/trang-dau.webp", quarantine.first_page, name="quarantine-page"),
]
