"""What can go wrong with a call in a worker process: one class per cause."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from tangthu.kernel.errors import HouseError


class SandboxError(HouseError):
    """A call in a worker process failed. `target` is the function, `facts` hold the figures."""

    sentence: ClassVar[Any] = _("Không xử lý được tệp.")
    advice: ClassVar[Any] = _(
        "Mở tệp bằng chương trình khác để kiểm tra; nếu tệp hỏng, xin bản khác."
    )

    def __init__(self, target: str, **facts: Any) -> None:
        super().__init__(self.sentence, hint=self.advice, **facts)
        self.target = target


class TimedOut(SandboxError):
    """The call used up its wall time or processor time; the worker was killed."""

    sentence = _("Xử lý tệp quá thời gian cho phép nên đã dừng lại.")


class Crashed(SandboxError):
    """The worker died during the call: a crash in a C library, or it was killed from outside."""

    sentence = _("Chương trình đọc tệp bị lỗi nghiêm trọng ở tệp này.")


class OutOfMemory(SandboxError):
    """The call asked for more memory than allowed."""

    sentence = _("Xử lý tệp cần nhiều bộ nhớ hơn mức cho phép.")


class BadReply(SandboxError):
    """The worker's answer was too large or was not what the protocol says."""

    sentence = _("Kết quả đọc tệp quá lớn hoặc không đúng khuôn dạng.")


class TargetFailed(SandboxError):
    """The called function raised; facts: `kind` (exception class name) and `detail` (cut text)."""

    sentence = _("Không đọc được tệp này.")
