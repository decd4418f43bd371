"""Addresses of the catalogue: dossiers, documents, their files, and fonds."""

from django.urls import path, re_path

from tangthu.archive.views import (
    approving,
    bulk_sealing,
    catalogue,
    clearances,
    contents,
    describing,
    dip_orders,
    dips,
    documents,
    dossiers,
    fonds,
    freezing,
    sealing,
    secrecy,
    seers,
    withholding,
)

_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

app_name = "archive"
urlpatterns = [
    path("ho-so/", catalogue.dossiers, name="dossiers"),
    path("ho-so/dong-goi-nhieu/", bulk_sealing.seal_many, name="dossiers-seal"),
    path("ho-so/<uuid:dossier_id>/", dossiers.dossier, name="dossier"),
    path("ho-so/<uuid:dossier_id>/chung-cu.json", dossiers.proof, name="dossier-proof"),
    path("ho-so/<uuid:dossier_id>/mo-ta/", describing.dossier, name="dossier-describe"),
    path("ho-so/<uuid:dossier_id>/dong-goi/", sealing.seal, name="dossier-seal"),
    path("ho-so/<uuid:dossier_id>/goi-su-dung/", dip_orders.of_dossier, name="dossier-dip"),
    path("ho-so/<uuid:dossier_id>/do-mat/", secrecy.dossier, name="dossier-secrecy"),
    path("tai-lieu/", catalogue.documents, name="documents"),
    path("tai-lieu/<uuid:document_id>/", documents.document, name="document"),
    path("tai-lieu/<uuid:document_id>/chung-cu.json", documents.proof, name="document-proof"),
    path("tai-lieu/<uuid:document_id>/mo-ta/", describing.document, name="document-describe"),
    path("tai-lieu/<uuid:document_id>/bao-mat/", withholding.report, name="document-report"),
    path("tai-lieu/<uuid:document_id>/goi-su-dung/", dip_orders.of_document, name="document-dip"),
    path("tai-lieu/<uuid:document_id>/do-mat/", secrecy.document, name="document-secrecy"),
    path("ho-so/<uuid:dossier_id>/ai-duoc-xem/", seers.dossier, name="dossier-seers"),
    path("tai-lieu/<uuid:document_id>/ai-duoc-xem/", seers.document, name="document-seers"),
    path("phong-toa/", freezing.freezes, name="freezes"),
    path("phong-toa/<slug:scope_kind>/<uuid:scope>/", freezing.new, name="freeze-new"),
    path("phong-toa/<uuid:freeze_id>/", freezing.freeze, name="freeze"),
    path("sua-doi/", approving.waiting, name="edits"),
    path("sua-doi/<uuid:edit_id>/", approving.edit, name="edit"),
    path("sua-doi/<uuid:edit_id>/rut-lai/", approving.withdraw, name="edit-withdraw"),
    path("duoc-tiep-can/", clearances.clearances, name="clearances"),
    path("goi-su-dung/", dips.mine, name="dips"),
    path("goi-su-dung/<uuid:dip_id>/", dips.dip, name="dip"),
    path("goi-su-dung/<uuid:dip_id>/tien-do/", dips.progress, name="dip-progress"),
    path("goi-su-dung/<uuid:dip_id>/dung/", dips.stop, name="dip-stop"),
    path("goi-su-dung/<uuid:dip_id>/xoa/", dips.remove, name="dip-remove"),
    path("goi-su-dung/<uuid:dip_id>/tai/", dips.download, name="dip-download"),
    path("cach-ly/tai-lieu/<uuid:withheld_id>/", withholding.conclude, name="withheld"),
    re_path(
        rf"^tai-lieu/(?P<document_id>{_UUID})/trang/(?P<number>[1-9][0-9]{{0,5}})\.(?P<kind>png|webp)$",
        contents.page_image,
        name="page-image",
    ),
    path("tep/<uuid:file_id>/", contents.download, name="file"),
    path("phong/", fonds.fonds_list, name="fonds-list"),
    path("phong/moi/", fonds.new, name="fonds-new"),
    path("phong/<uuid:fonds_id>/", fonds.fonds, name="fonds"),
    path("phong/<uuid:fonds_id>/mo-ta/", describing.fonds, name="fonds-describe"),
]
