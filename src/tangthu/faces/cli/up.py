"""`tangthu up`: the whole house on one machine, until Ctrl-C."""

from __future__ import annotations

import errno
import os
import socket
import sys
import time
import urllib.request
from pathlib import Path

from django.conf import settings

from tangthu.faces.cli import demonstration
from tangthu.faces.cli.supervisor import Supervisor
from tangthu.kernel import database
from tangthu.kernel.errors import PortBusy
from tangthu.kernel.home import Home
from tangthu.kernel.prepare import prepare


def check_port(port: int) -> None:
    """Raise PortBusy with one clear sentence unless `port` on loopback can be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno == errno.EACCES:
                words = f"Không được phép dùng cổng {port}."
            else:
                words = f"Cổng {port} đang có chương trình khác dùng."
            raise PortBusy(words, hint="Chọn cổng khác, ví dụ: PORT=8080 make run") from error


def _commands(port: int) -> dict[str, list[str]]:
    python = sys.executable
    me = [python, "-m", "tangthu.faces.cli.main"]
    granian = [
        python, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "2", "--blocking-threads", "4", "--backpressure", "64",
        "--no-ws", "--log-level", "warning", "--respawn-failed-workers",
        "tangthu.faces.office.wsgi:application",
    ]  # fmt: skip
    return {"web": granian, "worker": [*me, "worker"], "integrator": [*me, "integrator"]}


def _wait_until_answering(port: int, seconds: float = 60.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/song", timeout=2):
                return True
        except OSError:
            time.sleep(0.1)
    return False


def up(home: Home, *, demo: bool) -> None:
    """Start database, web, worker and integrator, print where to sign in, stop all on Ctrl-C."""
    port = settings.PORT
    with home.only_one("up"):
        check_port(port)
        with database.available(home):
            prepare()
            signins = demonstration.ensure(home) if demo else []
            environment = {
                **os.environ,
                "TANGTHU_HOME": str(home.root),
                "DJANGO_SETTINGS_MODULE": "tangthu.kernel.settings",
            }
            house = Supervisor(_commands(port), environment)
            house.start()
            try:
                if _wait_until_answering(port):
                    _welcome(port, signins, home.root)
                house.watch()
            finally:
                house.stop()


def _welcome(port: int, signins: list[demonstration.SignIn], root: Path) -> None:
    print(f"\nTàng Thư: http://localhost:{port}/\n", flush=True)
    if signins:
        print("Đăng nhập (bản trình diễn):")
        for signin in signins:
            print(f"  {signin.username:<12} {signin.password:<16} {signin.words}")
    print(f"\nDữ liệu: {root}   Dừng: Ctrl-C\n", flush=True)
