"""What can go wrong with an index as a whole: one typed error per cause, words for people."""

from __future__ import annotations

from collections.abc import Mapping


def gettext_noop(text: str) -> str:
    """Mark `text` for translation and return it unchanged; whoever shows it translates it."""
    return text


class BatchError(Exception):
    """An index, mapping or returned report that cannot be used.

    `words` and `hint` are message ids with `%(name)s` places for `params`; `str()` gives the
    Vietnamese text.
    """

    code = "batch"
    words = gettext_noop("Không dùng được tệp này.")
    hint = gettext_noop("Kiểm tra lại tệp rồi nhập lại.")

    def __init__(self, **params: object) -> None:
        self.params: Mapping[str, object] = params
        super().__init__(self.words % params)


class WrongKindError(BatchError):
    """Neither an .xlsx workbook nor text."""

    code = "index.kind"
    words = gettext_noop("Tệp “%(name)s” không phải bảng tính Excel (.xlsx) hay CSV.")
    hint = gettext_noop("Mở tệp bằng Excel rồi lưu lại thành .xlsx hoặc CSV UTF-8.")


class LockedError(BatchError):
    """A workbook with a password, or one of the old binary format."""

    code = "index.locked"
    words = gettext_noop("Bảng tính “%(name)s” có mật khẩu hoặc thuộc định dạng .xls cũ.")
    hint = gettext_noop("Bỏ mật khẩu và lưu lại thành .xlsx.")


class DamagedError(BatchError):
    """A workbook or text that does not parse."""

    code = "index.damaged"
    words = gettext_noop("Không đọc được “%(name)s”: tệp hỏng hoặc không đúng cấu trúc.")
    hint = gettext_noop("Mở tệp bằng Excel, kiểm tra nội dung và lưu lại thành tệp mới.")


class HostileError(BatchError):
    """A container built to exhaust or mislead the reader."""

    code = "index.hostile"
    words = gettext_noop("Từ chối “%(name)s”: tệp có cấu trúc không an toàn (%(what)s).")
    hint = gettext_noop("Sao chép dữ liệu sang một bảng tính mới rồi nhập tệp mới đó.")


class TooLargeError(BatchError):
    """More sheets, rows, columns or text than the limits allow."""

    code = "index.too-large"
    words = gettext_noop("“%(name)s” vượt giới hạn: %(what)s (tối đa %(limit)s).")
    hint = gettext_noop("Chia bảng kê thành nhiều tệp nhỏ hơn.")


class UnknownEncodingError(BatchError):
    """A CSV whose letters cannot be told with certainty."""

    code = "index.encoding"
    words = gettext_noop("Không nhận ra bảng mã chữ Việt của “%(name)s”.")
    hint = gettext_noop(
        "Lưu lại bằng “CSV UTF-8”; tệp TCVN3 (.VnTime) hay VNI cần chuyển mã trước."
    )


class NoHeaderError(BatchError):
    """No row carries enough known headings."""

    code = "index.no-header"
    words = gettext_noop("Không tìm thấy dòng tiêu đề cột trong “%(name)s”.")
    hint = gettext_noop(
        "Bảng kê cần một dòng có tên các cột, ví dụ “Số và ký hiệu hồ sơ”, “Trích yếu nội dung”."
    )


class ForeignWorkbookError(BatchError):
    """A workbook that is not the report we sent out, or is that of another batch."""

    code = "report.foreign"
    words = gettext_noop("“%(name)s” không phải báo cáo của đợt nhập này (%(what)s).")
    hint = gettext_noop("Tải báo cáo của đợt này về, sửa trong tệp đó rồi gửi lại.")


class BadMappingError(BatchError):
    """A column mapping that cannot be read or applied."""

    code = "mapping.bad"
    words = gettext_noop("Bảng ghép cột không hợp lệ: %(what)s.")
    hint = gettext_noop("Ghép lại cột với trường trong màn hình nhập.")


class BadDecisionError(BatchError):
    """A decision on a finding, field or row that the report does not have."""

    code = "decision.bad"
    words = gettext_noop("Quyết định không áp dụng được: %(what)s.")
    hint = gettext_noop("Tải lại báo cáo của đợt nhập và chọn lại.")
