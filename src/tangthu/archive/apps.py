"""Django app of the archive."""

import functools

from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tangthu.kernel.deployment import isolated


def _reads(request: HttpRequest) -> bool:
    return bool(request.viewer.may_anywhere("read.public"))  # type: ignore[attr-defined]


def _imports(request: HttpRequest) -> bool:
    return bool(request.viewer.may_anywhere("archive.import"))  # type: ignore[attr-defined]


def _clears(request: HttpRequest) -> bool:
    return isolated() and bool(request.viewer.may_anywhere("clearance.grant"))  # type: ignore[attr-defined]


def _freezes(request: HttpRequest) -> bool:
    return bool(request.viewer.bodies_with("records.freeze"))  # type: ignore[attr-defined]


def _approves(request: HttpRequest) -> bool:
    return bool(request.viewer.bodies_with("records.approve"))  # type: ignore[attr-defined]


def _decides(request: HttpRequest) -> bool:
    return bool(request.viewer.may_anywhere("quarantine.decide"))  # type: ignore[attr-defined]


class ArchiveConfig(AppConfig):
    name = "tangthu.archive"
    label = "archive"
    verbose_name = "Lưu trữ"

    def ready(self) -> None:
        from tangthu.archive import columns, first_steps, jobs, page_help
        from tangthu.archive import scopes as archive_scopes
        from tangthu.discovery import findable
        from tangthu.ui.nav import NavEntry, navigation

        page_help.register()
        first_steps.register()
        jobs.register_handlers()
        archive_scopes.register()
        findable.register(
            findable.Kind(
                "dossier",
                _("Hồ sơ"),
                "archive:dossier",
                columns.dossier_columns,
                functools.partial(columns.read, dossiers=True),
            )
        )
        findable.register(
            findable.Kind(
                "document",
                _("Tài liệu"),
                "archive:document",
                columns.document_columns,
                functools.partial(columns.read, dossiers=False),
            )
        )
        for order, (name, label, url_name, icon, key) in enumerate(
            (
                ("dossiers", _("Hồ sơ"), "archive:dossiers", "dossier", "h"),
                ("documents", _("Tài liệu"), "archive:documents", "document", "l"),
                ("fonds", _("Phông lưu trữ"), "archive:fonds-list", "archive", "p"),
                ("dips", _("Gói sử dụng"), "archive:dips", "reading", "u"),
            ),
            start=30,
        ):
            navigation.register(
                NavEntry(
                    name, label, url_name, icon, key, order, section=_("Lưu trữ"), allowed=_reads
                )
            )
        for name, label, url_name, icon, key, allowed in (
            ("imports", _("Đợt số hóa"), "imports:batches", "upload", "d", _imports),
            ("quarantine", _("Cách ly"), "imports:quarantine", "lock", "y", _decides),
            ("edits", _("Sửa đổi chờ duyệt"), "archive:edits", "check", "", _approves),
            ("freezes", _("Phong tỏa"), "archive:freezes", "lock", "", _freezes),
            (
                "clearances",
                _("Người được tiếp cận bí mật nhà nước"),
                "archive:clearances",
                "seal",
                "i",
                _clears,
            ),
        ):
            navigation.register(
                NavEntry(
                    name, label, url_name, icon, key, 40, section=_("Lưu trữ"), allowed=allowed
                )
            )
