"""What a sandbox worker may ask of the kernel: to compute, and to read files. Linux seccomp.

A hostile file that takes over a worker must not reach the network or the database's socket, write
or remove a file, start a program or another process, look into other processes or end them. Each
of those calls fails with EPERM; all threads of the worker are held, those that run already as well.
What remains open to it is reading what this account may read; the only way out is the reply.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Mapping
from pathlib import Path

_ALLOW = 0x7FFF_0000
_ERRNO = 0x0005_0000
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
_SET_FILTER, _ALL_THREADS = 1, 1
_CLONE_THREAD = 0x0001_0000
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC

# Numbers of calls on x86-64 and on 64-bit ARM; None where the call does not exist.
_DENIED: Mapping[str, tuple[int | None, int]] = {
    "socket": (41, 198), "socketpair": (53, 199), "connect": (42, 203), "bind": (49, 200),
    "sendto": (44, 206), "sendmsg": (46, 211), "sendmmsg": (307, 269),
    "execve": (59, 221), "execveat": (322, 281), "ptrace": (101, 117),
    "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240), "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424), "pidfd_getfd": (438, 438),
    "truncate": (76, 45), "ftruncate": (77, 46), "fallocate": (285, 47),
    "renameat": (264, 38), "renameat2": (316, 276), "mkdirat": (258, 34), "unlinkat": (263, 35),
    "linkat": (265, 37), "symlinkat": (266, 36), "mknodat": (259, 33),
    "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452),
    "fchown": (93, 55), "fchownat": (260, 54), "utimensat": (280, 88),
    "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7),
    "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16),
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51),
    "unshare": (272, 97), "setns": (308, 268), "bpf": (321, 280), "keyctl": (250, 219),
    "add_key": (248, 217), "request_key": (249, 218), "perf_event_open": (298, 241),
    "userfaultfd": (323, 282), "memfd_create": (319, 279), "open_by_handle_at": (304, 265),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430),
    "shmget": (29, 194), "msgget": (68, 186), "mq_open": (240, 180),
}  # fmt: skip
_DENIED_ON_X86 = {
    "fork": 57, "vfork": 58, "creat": 85, "rename": 82, "mkdir": 83, "rmdir": 84, "link": 86,
    "unlink": 87, "symlink": 88, "chmod": 90, "chown": 92, "lchown": 94, "mknod": 133,
    "utime": 132, "utimes": 235, "futimesat": 261,
}  # fmt: skip
# The C library goes without these, and then uses the older call, which can be looked into.
_ABSENT = {"clone3": 435, "openat2": 437}
_MACHINES = {"x86_64": (0, 0xC000_003E, 317), "aarch64": (1, 0xC000_00B7, 277)}
_OPEN, _OPENAT, _CLONE, _KILL, _TGKILL = (2, None), (257, 56), (56, 220), (62, 129), (234, 131)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


def confine() -> bool:
    """Hold this process, with all its threads, to computing and reading from now on.

    Returns False where the kernel or the machine does not know the means. Cannot be undone, and
    wants no_new_privs set before.
    """
    machine = _MACHINES.get(platform.machine())
    if machine is None:
        return False
    column, architecture, seccomp = machine
    code = _filter(column, architecture, os.getpid())
    program = _Program(len(code) // 8, code)
    libc = ctypes.CDLL(None, use_errno=True)
    done = libc.syscall(seccomp, _SET_FILTER, _ALL_THREADS, ctypes.byref(program))
    return bool(done == 0)


def known() -> bool:
    """Whether the kernel and the machine know the means of `confine`; tried on nobody."""
    return platform.machine() in _MACHINES and Path("/proc/sys/kernel/seccomp").is_dir()


def _filter(column: int, architecture: int, process: int) -> bytes:
    """The filter program; `column` picks the numbers of the calls."""
    refuse, absent = _ERRNO | errno.EPERM, _ERRNO | errno.ENOSYS
    code = [
        _step(_LOAD, _ARCHITECTURE),
        _step(_EQUAL, architecture, 1, 0),
        _step(_RETURN, refuse),
        _step(_LOAD, _NUMBER),
        # The calls of the x32 variant of x86-64 have this bit.
        _step(_AT_LEAST, 0x4000_0000, 0, 1),
        _step(_RETURN, refuse),
    ]
    denied = [one[column] for one in _DENIED.values()]
    denied += _DENIED_ON_X86.values() if column == 0 else ()
    for number in denied:
        if number is not None:
            code += [_step(_EQUAL, number, 0, 1), _step(_RETURN, refuse)]
    for number in _ABSENT.values():
        code += [_step(_EQUAL, number, 0, 1), _step(_RETURN, absent)]
    # Number of the call, its argument, the test on it, and whether passing the test is allowed.
    for call, argument, test, value, good in (
        (_OPEN, 1, _ANY_BIT, _WRITES, False),
        (_OPENAT, 2, _ANY_BIT, _WRITES, False),
        (_CLONE, 0, _ANY_BIT, _CLONE_THREAD, True),
        (_KILL, 0, _EQUAL, process, True),
        (_TGKILL, 0, _EQUAL, process, True),
    ):
        number = call[column]
        if number is not None:
            code += [
                _step(_EQUAL, number, 0, 4),
                _step(_LOAD, _ARGUMENTS + 8 * argument),
                _step(test, value, 0, 1),
                _step(_RETURN, _ALLOW if good else refuse),
                _step(_RETURN, refuse if good else _ALLOW),
            ]
    return b"".join([*code, _step(_RETURN, _ALLOW)])


def _step(code: int, value: int, if_so: int = 0, if_not: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_so, if_not, value)
