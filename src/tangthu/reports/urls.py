"""Addresses of saved searches, exports, printing, history of use and statistics."""

from django.urls import path

from tangthu.reports.views import exports, history, kept, printing, statistics

app_name = "reports"
urlpatterns = [
    path("tim-kiem-da-luu/", kept.views, name="views"),
    path("tim-kiem-da-luu/moi/", kept.new, name="view-new"),
    path("tim-kiem-da-luu/<uuid:view_id>/", kept.use, name="view"),
    path("tim-kiem-da-luu/<uuid:view_id>/sua/", kept.change, name="view-change"),
    path("tim-kiem-da-luu/<uuid:view_id>/xoa/", kept.delete, name="view-delete"),
    path("xuat/", exports.exports, name="exports"),
    path("xuat/moi/", exports.new, name="export-new"),
    path("xuat/<uuid:export_id>/", exports.export, name="export"),
    path("xuat/<uuid:export_id>/tien-do/", exports.progress, name="export-progress"),
    path("xuat/<uuid:export_id>/tep/", exports.download, name="export-file"),
    path("in/danh-sach/", printing.print_a_list, name="print-list"),
    path("in/ho-so/<uuid:dossier_id>/", printing.print_dossier, name="print-dossier"),
    path("in/tai-lieu/<uuid:document_id>/", printing.print_document, name="print-document"),
    path("tep/<uuid:file_id>/ban-co-dau/", printing.marked_copy, name="marked-copy"),
    path("ban-in/", history.copies, name="copies"),
    path("lich-su-khai-thac/", history.history, name="history"),
    path("thong-ke/", statistics.statistics, name="statistics"),
]
