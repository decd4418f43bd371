"""What the surroundings did to a command, in one sentence: the disk, the database."""

from __future__ import annotations

import errno
import os

import psycopg
from django.db import InterfaceError, OperationalError

from tangthu.kernel.home import Home, unusable

_OF_THE_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


def in_words(error: Exception) -> str | None:
    """The sentence for an error that is none of ours; None if it is a fault in the program."""
    if isinstance(error.__cause__ or error, psycopg.errors.DiskFull):
        return "Ổ đĩa của cơ sở dữ liệu đã đầy. Dọn bớt ổ đĩa rồi chạy lại."
    if isinstance(error, OperationalError | InterfaceError | psycopg.OperationalError):
        return "Cơ sở dữ liệu không trả lời hoặc vừa dừng. Chạy lại lệnh."
    if isinstance(error, OSError) and error.errno is not None:
        root = Home.from_environment().root
        if error.errno in _OF_THE_DISK:
            return str(unusable(root, error))
        given = error.filename if isinstance(error.filename, str | bytes) else str(root)
        return f"Không đọc hoặc ghi được {os.fsdecode(given)}: {os.strerror(error.errno)}."
    return None
