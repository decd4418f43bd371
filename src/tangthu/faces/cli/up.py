"""`tangthu up`: the whole house on one machine, until Ctrl-C."""

from __future__ import annotations

import errno
import os
import socket
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.db import connections

from tangthu.faces.cli import demonstration, stopping
from tangthu.faces.cli.supervisor import Supervisor
from tangthu.identity.models import Account
from tangthu.kernel import database, logins, postgres
from tangthu.kernel.errors import HouseError, PortUnusable
from tangthu.kernel.home import Home
from tangthu.kernel.isolation import bind_address
from tangthu.kernel.prepare import prepare, require_narrow, require_prepared

_OLD_CHILDREN_SECONDS = 20.0


def port_from_environment() -> int:
    """PORT, 8000 by default. Raises PortUnusable unless it is a number from 1 to 65535."""
    given = os.environ.get("PORT") or "8000"
    if not (given.isascii() and given.isdigit() and len(given) < 9 and 1 <= int(given) <= 65535):
        raise PortUnusable(
            f"PORT={given[:40]} không phải là một cổng.", hint="Cần một số từ 1 đến 65535."
        )
    return int(given)


def check_port(port: int, address: str = "127.0.0.1") -> None:
    """Raise PortUnusable with one clear sentence unless `port` can be listened on at `address`."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            if error.errno == errno.EACCES:
                words = f"Không được phép dùng cổng {port}."
            else:
                words = f"Cổng {port} đang có chương trình khác dùng."
            raise PortUnusable(words, hint="Chọn cổng khác, ví dụ: PORT=8080 make run") from error


def _commands(port: int, address: str) -> dict[str, list[str]]:
    python = sys.executable
    me = [python, "-m", "tangthu.faces.cli.main"]
    granian = [
        python, "-m", "granian", "--interface", "wsgi", "--host", address, "--port", str(port),
        "--workers", "2", "--blocking-threads", "4", "--backpressure", "64",
        "--no-ws", "--log-level", "warning", "--respawn-failed-workers",
        "tangthu.faces.office.wsgi:application",
    ]  # fmt: skip
    return {"web": granian, "worker": [*me, "worker"], "integrator": [*me, "integrator"]}


def _wait_until_answering(
    port: int, address: str, house: Supervisor, seconds: float = 60.0
) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not house.stopping:
        try:
            with urllib.request.urlopen(f"http://{_in_url(address)}:{port}/song", timeout=2):
                return True
        except OSError:
            time.sleep(0.1)
    return False


def _in_url(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def _keeper_of_database(home: Home) -> Callable[[], None]:
    """A function that starts the embedded server again if it is gone; it tries ever less often."""
    pause, not_before = 1.0, 0.0

    def mend() -> None:
        nonlocal pause, not_before
        if time.monotonic() < not_before or not database.embedded() or postgres.is_running(home):
            return
        try:
            postgres.start(home)
            print("postgres: khởi động lại", file=sys.stderr)
            pause = 1.0
        except HouseError as error:
            print(f"postgres: {error}", file=sys.stderr)
            pause = min(pause * 2, 60.0)
        not_before = time.monotonic() + pause

    return mend


def up(home: Home, *, demo: bool) -> None:
    """Start database, web, worker and integrator, print where to sign in, stop all on Ctrl-C."""
    port = port_from_environment()
    address = bind_address(settings.DEPLOYMENT_MODE)
    with (
        suppress(stopping.StopAsked),
        stopping.unwinding() as raise_if_stopped,
        home.only_one("up"),
        home.alive("children", wait_seconds=_OLD_CHILDREN_SECONDS) as handle,
    ):
        check_port(port, address)
        home.require_space()
        home.forget_temporary_files()
        with database.available(home):
            if logins.names_owner():
                prepare()
            else:
                require_prepared()
            require_narrow()
            signins = demonstration.ensure(home) if demo else []
            told = _who_signs_in(signins)
            connections.close_all()
            raise_if_stopped()
            _run(home, port, address, told, handle)


def _who_signs_in(signins: list[demonstration.SignIn]) -> list[str]:
    """Lines about who can sign in, or how to make the first who can."""
    if signins:
        lines = (f"  {one.username:<12} {one.password:<16} {one.words}" for one in signins)
        return ["Đăng nhập (bản trình diễn):", *lines]
    if Account.objects.exists():
        return []
    return [
        "Chưa có tài khoản nào. Lập cơ quan đầu tiên và quản trị của cơ quan đó bằng lệnh:",
        "  tangthu begin --help",
    ]


def _run(home: Home, port: int, address: str, told: list[str], handle: int) -> None:
    house = Supervisor(
        _commands(port, address), _environments(home), handle, _keeper_of_database(home)
    )
    try:
        house.start()
        if _wait_until_answering(port, address, house):
            _welcome(address, port, told, home.root)
        elif not house.stopping:
            print("Trang web chưa trả lời; vẫn đang thử.", file=sys.stderr)
        house.watch()
    finally:
        house.stop()


def _environments(home: Home) -> dict[str, dict[str, str]]:
    """Each child's environment: nobody is told the owner's login, nor another child's."""
    ours = {"TANGTHU_HOME": str(home.root), "DJANGO_SETTINGS_MODULE": "tangthu.kernel.settings"}
    site = {**logins.environment_of(logins.APP_ROLE), **ours}
    integrator = {**logins.environment_of(logins.INTEGRATOR_ROLE), **ours}
    return {"web": site, "worker": site, "integrator": integrator}


def site_address(address: str, port: int) -> str:
    """Where a browser finds the site that listens at `address`."""
    host = "localhost" if address in {"127.0.0.1", "::1"} else _in_url(address)
    return f"http://{host}:{port}/"


def _welcome(address: str, port: int, told: list[str], root: Path) -> None:
    print(f"\nTàng Thư: {site_address(address, port)}\n", flush=True)
    for line in told:
        print(line)
    print(f"\nDữ liệu: {root}   Dừng: Ctrl-C\n", flush=True)
