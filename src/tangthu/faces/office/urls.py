"""Addresses of the staff site. An app's pages join with one include line."""

from django.urls import URLPattern, URLResolver, include, path

from tangthu.faces.office.views import (
    account,
    bulk_stopping,
    columns,
    guides,
    health,
    home,
    jobs,
    ledger,
    metrics,
    rules,
    system,
)

office = (
    [
        path("", home.home, name="home"),
        path("dang-nhap/", account.SignIn.as_view(), name="sign-in"),
        path("dang-xuat/", account.SignOut.as_view(), name="sign-out"),
        path("tai-khoan/", account.account, name="account"),
        path("ngon-ngu/", account.language, name="language"),
        path("song", health.alive, name="alive"),
        path("so-cai/", ledger.logs, name="ledger"),
        path("so-cai/<uuid:body_id>/tiep-tuc/", ledger.resume, name="ledger-resume"),
        path("he-thong/", system.system, name="system"),
        path("quy-tac/", rules.rules, name="rules"),
        path("huong-dan/", guides.guides, name="guides"),
        path("huong-dan/<slug:slug>/", guides.guide, name="guide"),
        path("metrics", metrics.metrics, name="metrics"),
        path("cot/", columns.choose, name="columns"),
        path("cong-viec/", jobs.jobs, name="jobs"),
        path("cong-viec/dung-nhieu/", bulk_stopping.stop_many, name="jobs-stop"),
        path("cong-viec/<uuid:job_id>/", jobs.job, name="job"),
        path("cong-viec/<uuid:job_id>/dung/", jobs.stop, name="job-stop"),
        path("cong-viec/<uuid:job_id>/chay-tiep/", jobs.go_on, name="job-resume"),
        path("cong-viec/<uuid:job_id>/xuat/", jobs.export_rows, name="job-rows"),
    ],
    "office",
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include(office)),
    path("", include("tangthu.identity.urls_rights")),
    path("", include("tangthu.signin.urls")),
    path("", include("tangthu.identity.urls")),
    path("", include("tangthu.discovery.urls")),
    path("", include("tangthu.archive.urls")),
    path("", include("tangthu.archive.urls_imports")),
    path("", include("tangthu.repository.urls")),
    path("", include("tangthu.reports.urls")),
    path("", include("tangthu.bulk.urls")),
    path("", include("tangthu.programs.urls")),
    path("", include("tangthu.backup.urls")),
    path("", include("tangthu.faces.api.pages")),
]

handler400 = "tangthu.faces.office.views.errors.bad_request"
handler403 = "tangthu.faces.office.views.errors.forbidden"
handler404 = "tangthu.faces.office.views.errors.not_found"
handler500 = "tangthu.faces.office.views.errors.server_error"
