"""Which keys do what: the data behind the `?` help. The keys sit on elements as `data-key`.

Keys are written as the keyboard controller reads them: `j`, `g d` (one after the other),
`ctrl+enter`.
"""

from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Shortcut:
    """One key or sequence, and what it does, in words for people."""

    keys: str
    label: str | Promise

    @property
    def caps(self) -> list[str]:
        """The caps to draw, in order: `g d` → `["G", "D"]`, `ctrl+enter` → `["Ctrl", "Enter"]`."""
        return key_caps(self.keys)


@dataclass(frozen=True, slots=True)
class ShortcutGroup:
    """Shortcuts under one heading of the help dialog."""

    title: str | Promise
    shortcuts: tuple[Shortcut, ...]


@dataclass(slots=True)
class ShortcutRegistry:
    """Groups of shortcuts in the order in which they were registered."""

    groups: list[ShortcutGroup] = field(default_factory=list)

    def register(self, title: str | Promise, *shortcuts: Shortcut) -> None:
        """Add one group.

        Raises ValueError when a key sequence is already taken: two meanings of one key is a defect.
        """
        taken = {shortcut.keys for group in self.groups for shortcut in group.shortcuts}
        for shortcut in shortcuts:
            if shortcut.keys in taken:
                raise ValueError(f"key already registered: {shortcut.keys!r}")
            taken.add(shortcut.keys)
        self.groups.append(ShortcutGroup(title, shortcuts))


def key_caps(keys: str) -> list[str]:
    """Split a key text into what is printed on the caps."""
    caps: list[str] = []
    for stroke in keys.split():
        parts = [stroke] if len(stroke) == 1 else stroke.split("+")
        caps.extend(part.upper() if len(part) == 1 else part.capitalize() for part in parts)
    return caps


shortcuts = ShortcutRegistry()
shortcuts.register(
    _("Ở mọi màn hình"),
    Shortcut("/", _("Tới ô tìm kiếm")),
    Shortcut("?", _("Trang này để làm gì, và các phím tắt")),
    Shortcut("esc", _("Đóng hộp thoại hoặc trình đơn")),
)
shortcuts.register(
    _("Trong danh sách"),
    Shortcut("j", _("Xuống dòng kế tiếp")),
    Shortcut("k", _("Lên dòng trước")),
    Shortcut("enter", _("Mở dòng đang chọn")),
    Shortcut("x", _("Đánh dấu dòng đang chọn")),
    Shortcut("n", _("Trang sau")),
    Shortcut("p", _("Trang trước")),
)
shortcuts.register(
    _("Khi nhập liệu"),
    Shortcut("ctrl+enter", _("Lưu và tiếp theo")),
    Shortcut("ctrl+s", _("Lưu")),
)
shortcuts.register(
    _("Khi xem trang tài liệu"),
    Shortcut("+", _("Phóng to")),
    Shortcut("-", _("Thu nhỏ")),
    Shortcut("0", _("Vừa bề ngang")),
    Shortcut("r", _("Xoay trang")),
)
