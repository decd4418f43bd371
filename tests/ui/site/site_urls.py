"""Routes of the test site, with a navigation and a person to show."""

from django.contrib.staticfiles.urls import staticfiles_urlpatterns
from django.contrib.staticfiles.views import serve
from django.http import HttpRequest
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from tangthu.ui.nav import NavEntry, navigation
from tangthu.ui.shell import BodyChoice, ShellIdentity, set_identity_provider, set_search_url_name

urlpatterns = [
    path("", RedirectView.as_view(url="/ui/")),
    path("ui/", include("tangthu.ui.urls")),
    re_path(r"^static/(?P<path>.*)$", serve, {"insecure": True}),
    *staticfiles_urlpatterns(),
]

if not navigation.entries:
    for order, entry in enumerate(
        (
            NavEntry("queue", "Việc của tôi", "ui:queue", "inbox", "v", count=lambda request: 8),
            NavEntry("register", "Văn bản đến", "ui:register", "register", "d", section="Văn bản"),
            NavEntry("record", "Văn bản đi", "ui:record", "send", "i", section="Văn bản"),
            NavEntry("form", "Dự thảo", "ui:form", "draft", "t", section="Văn bản"),
            NavEntry("confirm", "Hồ sơ", "ui:confirm", "dossier", "h", section="Lưu trữ"),
            NavEntry("upload", "Kho lưu trữ", "ui:upload", "archive", "k", section="Lưu trữ"),
            NavEntry(
                "components", "Mẫu giao diện", "ui:components", "gear", "m", section="Hệ thống"
            ),
        )
    ):
        navigation.register(
            NavEntry(
                entry.name,
                entry.label,
                entry.url_name,
                entry.icon,
                entry.key,
                order,
                entry.section,
                entry.allowed,
                entry.count,
            )  # fmt: skip
        )


def _somebody(request: HttpRequest) -> ShellIdentity:
    return ShellIdentity(
        person="Lê Văn Thư",
        position="Văn thư cơ quan",
        body="Ủy ban nhân dân tỉnh Mẫu",
        bodies=(
            BodyChoice("1", "Ủy ban nhân dân tỉnh Mẫu", current=True),
            BodyChoice("2", "Sở Nội vụ tỉnh Mẫu"),
        ),
        switch_url="/ui/form/",
        account_url="/ui/form/",
        sign_out_url="/ui/form/",
    )


set_identity_provider(_somebody)
set_search_url_name("ui:register")
