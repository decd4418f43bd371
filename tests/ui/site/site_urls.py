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

ENTRIES = (
    ("queue", "Việc của tôi", "inbox", "v", ""),
    ("register", "Văn bản đến", "register", "d", "Văn bản"),
    ("record", "Văn bản đi", "send", "i", "Văn bản"),
    ("form", "Dự thảo", "draft", "t", "Văn bản"),
    ("confirm", "Hồ sơ", "dossier", "h", "Lưu trữ"),
    ("upload", "Kho lưu trữ", "archive", "k", "Lưu trữ"),
    ("components", "Mẫu giao diện", "gear", "m", "Hệ thống"),
)
for order, (name, label, icon, key, section) in enumerate(ENTRIES):
    navigation.register(
        NavEntry(
            name,
            label,
            f"ui:{name}",
            icon,
            key,
            order,
            section,
            count=(lambda request: 8) if name == "queue" else None,
        )
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
