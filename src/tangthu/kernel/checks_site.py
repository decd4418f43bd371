"""Checks of how the site is set up: names it answers to, HTTPS, cookies, certificate."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path

from cryptography import x509
from django.conf import settings
from django.utils.translation import gettext as _

from tangthu.kernel.checks import Bodies, Finding

# A certificate is asked for anew in good time; a week before its end it is grave.
_SOON, _GRAVE = dt.timedelta(days=30), dt.timedelta(days=7)
_THIS_MACHINE = {"localhost", "127.0.0.1", "[::1]"}


def look(bodies: Bodies) -> Iterator[Finding]:
    """What this process was told by its environment; that of the site is the one that counts."""
    hosts = set(settings.ALLOWED_HOSTS)
    if settings.DEBUG:
        yield Finding(
            "error",
            _("Chế độ gỡ lỗi đang bật."),
            _("Trang lỗi cho người lạ xem mã nguồn, cấu hình và dữ liệu."),
            _("Bỏ DEBUG khỏi cấu hình rồi khởi động lại."),
        )
    if "*" in hosts or any(host.startswith(".") for host in hosts):
        yield Finding(
            "warning",
            _("Trang web trả lời mọi tên máy."),
            _("Kẻ giả tên máy làm được liên kết trỏ đi nơi khác."),
            "TANGTHU_HOSTS=luutru.example.gov.vn",
        )
    if hosts <= _THIS_MACHINE:
        yield Finding(
            "note",
            _("Trang web chỉ trả lời trên máy này."),
            _("Người ở máy khác chưa vào được."),
            "TANGTHU_HOSTS=luutru.example.gov.vn TANGTHU_HTTPS=1",
        )
    elif not settings.SITE_HTTPS:
        yield Finding(
            "error",
            _("Trang web mở cho máy khác mà không dùng HTTPS."),
            _("Mật khẩu và hồ sơ đi qua mạng ai cũng đọc được; cookie không có dấu Secure."),
            _("Đặt máy chủ chuyển tiếp có HTTPS phía trước và TANGTHU_HTTPS=1 (thư mục deploy/)."),
        )
    else:
        yield Finding("ok", _("HTTPS, cookie và HSTS được đặt chặt."))
    named = os.environ.get("TANGTHU_CERTIFICATE", "")
    if named:
        yield certificate(Path(named), dt.datetime.now(dt.UTC))


def certificate(path: Path, now: dt.datetime) -> Finding:
    """How long the certificate of the proxy in the PEM file at `path` still holds."""
    renew = _("Gia hạn chứng thư rồi nạp lại máy chủ chuyển tiếp.")
    cost = _("Hết hạn thì trình duyệt không cho vào trang.")
    try:
        until = x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc
    except (OSError, ValueError):
        return Finding(
            "warning",
            _("Không đọc được chứng thư ở TANGTHU_CERTIFICATE."),
            cost,
            f"openssl x509 -noout -enddate -in {path}",
        )
    told = _("Chứng thư HTTPS dùng được đến %(day)s.") % {"day": until.strftime("%d/%m/%Y")}
    if until - now < _GRAVE:
        return Finding("error", told, cost, renew)
    return Finding("warning", told, cost, renew) if until - now < _SOON else Finding("ok", told)
