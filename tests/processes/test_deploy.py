"""The files of `deploy/`: units are strict and say what the code says, examples are whole."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tangthu.faces.cli import up

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"), key=lambda one: one.stem)
# What every unit must hold itself to.
STRICT = {
    "User": "tangthu", "NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes",
    "PrivateTmp": "yes", "PrivateDevices": "yes", "CapabilityBoundingSet": "",
    "AmbientCapabilities": "", "RestrictSUIDSGID": "yes", "RestrictNamespaces": "yes",
    "LockPersonality": "yes", "ProtectKernelTunables": "yes", "ProtectKernelModules": "yes",
    "ProtectKernelLogs": "yes", "ProtectControlGroups": "yes", "ProtectClock": "yes",
    "RestrictAddressFamilies": "AF_UNIX AF_INET AF_INET6", "SystemCallArchitectures": "native",
    "UMask": "0077", "ReadWritePaths": "/srv/tangthu", "KillMode": "mixed",
    "EnvironmentFile": "/etc/tangthu/tangthu.env",
}  # fmt: skip


def parsed(path: Path) -> Mapping[str, Mapping[str, list[str]]]:
    """A unit by section and key, with every value that a key was given."""
    found: dict[str, dict[str, list[str]]] = {}
    section: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        if head := re.fullmatch(r"\[(\w+)\]", line):
            section = found.setdefault(head[1], {})
            continue
        key, equals, value = line.partition("=")
        assert equals and re.fullmatch("[A-Za-z]+", key), line
        section.setdefault(key, []).append(value)
    return found


def environment() -> dict[str, str]:
    """The example of the environment, what is commented out included."""
    pairs = re.findall(r"^#? ?([A-Z_]+)=(.*)$", (DEPLOY / "tangthu.env").read_text(), re.MULTILINE)
    return dict(pairs)


def test_there_is_a_unit_for_the_house_and_for_each_of_its_parts() -> None:
    assert [one.stem for one in UNITS] == [
        "tangthu", "tangthu-integrator", "tangthu-web", "tangthu-worker",
    ]  # fmt: skip


@pytest.mark.parametrize("unit", UNITS, ids=lambda one: one.stem)
def test_a_unit_holds_its_process_to_what_it_needs(unit: Path) -> None:
    found = parsed(unit)
    assert set(found) == {"Unit", "Service", "Install"}
    service = found["Service"]
    for key, value in STRICT.items():
        assert service.get(key) == [value], key
    assert all(line.startswith(("DJANGO_", "PYTHON")) for line in service["Environment"])
    # The units are alike but for what they start and how long they may take to end.
    own = {"ExecStart", "TimeoutStopSec"}
    first = parsed(UNITS[0])["Service"]
    assert {k: v for k, v in service.items() if k not in own} == {
        k: v for k, v in first.items() if k not in own
    }


def test_the_web_unit_starts_what_up_starts() -> None:
    (started,) = parsed(DEPLOY / "tangthu-web.service")["Service"]["ExecStart"]
    ours = up._commands(8000, "127.0.0.1")["web"]
    told = started.replace("${PORT}", environment()["PORT"]).split()
    assert [told[0].rpartition("/")[2], *told[1:]] == ["python", *ours[1:]]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    venv = str(Path(sys.executable).parent)
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8").replace("/opt/tangthu/.venv/bin", venv)
        (tmp_path / unit.name).write_text(text.replace("/opt/tangthu", str(ROOT)))
    files = [str(tmp_path / unit.name) for unit in UNITS]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *files],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_every_setting_of_the_examples_is_documented() -> None:
    told = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
    container = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    named = set(environment()) | set(re.findall(r"\b(TANGTHU_[A-Z]+)\b", container))
    assert len(named) >= 7
    for name in named:
        assert f"`{name}`" in told, name


def test_the_proxies_say_who_asks_and_nothing_that_a_visitor_wrote() -> None:
    nginx = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    for line in (
        "proxy_set_header X-Forwarded-For $remote_addr;",
        "proxy_set_header X-Forwarded-Proto $scheme;",
        "proxy_set_header Host $host;",
        'proxy_set_header Forwarded "";',
        "ssl_protocols TLSv1.2 TLSv1.3;",
        "ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;",
        "ssl_reject_handshake on;",
        "access_log off;",
    ):
        assert line in nginx
    assert "$proxy_add_x_forwarded_for" not in nginx
    assert nginx.count("{") == nginx.count("}")
    in_the_open = nginx[nginx.index("listen 80;") : nginx.index("listen 443")]
    assert "location /api/ {\n        return 403;" in in_the_open, "programs are not led on"
    assert "proxy_pass" not in in_the_open
    port = environment()["PORT"]
    for name in ("nginx.conf", "Caddyfile"):
        text = (DEPLOY / name).read_text(encoding="utf-8")
        assert f"127.0.0.1:{port}" in text
        assert environment()["TANGTHU_HOSTS"] in text
        assert "/api/" in text


def test_the_container_runs_as_nobody_important_and_copies_what_is_there() -> None:
    lines = (DEPLOY / "Containerfile").read_text(encoding="utf-8").splitlines()
    steps = [line for line in lines if line and not line.startswith(("#", " "))]
    assert steps.index("USER tangthu") < len(steps) - 1
    assert not [line for line in steps if re.search("PASSWORD|SECRET|DATABASE", line)]
    for line in steps:
        if line.startswith("COPY "):
            for source in line.split()[1:-1]:
                assert (ROOT / source).exists(), source
    assert steps[-1] == 'CMD ["/opt/tangthu/.venv/bin/tangthu", "up", "--no-demo"]'
