#!/usr/bin/env python3
"""Make .venv ready: `setup.py run` for using Tàng Thư, `setup.py test` for its tests as well.

Needs nothing but Python 3.11 with venv. As root, `test` also installs the Debian packages listed in
packages.debian; otherwise it says which are missing and what will not run without them.

An older Python (3.6 and later) must be able to read this file so far as to say that it is too old.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path


def complaint_about(version):  # type: ignore[no-untyped-def]
    """The sentence for a Python that is too old (`version` as in sys.version_info), else None."""
    if tuple(version[:2]) >= (3, 11):
        return None
    given = ".".join(str(part) for part in version[:3])
    return (
        f"Cần Python 3.11 trở lên; đây là {given}. "
        "Chỉ định bản khác, ví dụ: make PYTHON=python3.11 run"
    )


# What follows is written for the Python that is wanted.
if complaint_about(sys.version_info) is not None:
    sys.stderr.buffer.write((str(complaint_about(sys.version_info)) + "\n").encode("utf-8"))
    raise SystemExit(2)

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
UV = "uv==0.13.9"
LOCKS = {"run": "requirements.lock", "test": "requirements-dev.lock"}


def fail(words: str) -> None:
    """End with one clear sentence."""
    print(words, file=sys.stderr)
    raise SystemExit(2)


def call(command: list[str], words: str) -> None:
    """Run a command quietly; if it fails, show the end of what it said and end."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        fail(f"{words}\n{(done.stderr or done.stdout).strip()[-2000:]}")


def stamp_of(purpose: str) -> str:
    """What .venv depends on: if this changes, set-up runs again."""
    found = hashlib.sha256()
    for name in (LOCKS[purpose], "pyproject.toml", "tools/setup.py"):
        found.update((ROOT / name).read_bytes())
    found.update(str(ROOT).encode())
    return found.hexdigest()


def make_venv() -> None:
    """Create .venv with uv in it."""
    python = VENV / "bin" / "python"
    if not python.exists():
        if VENV.exists():
            shutil.rmtree(VENV)
        call(
            [sys.executable, "-m", "venv", str(VENV)],
            "Không tạo được .venv. Trên Debian: apt-get install python3-venv",
        )
    if not (VENV / "bin" / "uv").exists():
        call(
            [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", UV],
            "Không cài được uv: kiểm tra kết nối tới kho gói Python.",
        )


def install(purpose: str) -> None:
    """Install exactly the locked packages and this project itself."""
    python = str(VENV / "bin" / "python")
    uv = str(VENV / "bin" / "uv")
    lock = str(ROOT / LOCKS[purpose])
    call(
        [
            uv,
            "pip",
            "sync",
            "-q",
            "--require-hashes",
            "--compile-bytecode",
            "--python",
            python,
            lock,
        ],
        "Không cài được các gói trong tệp khóa.",
    )
    call(
        [uv, "pip", "install", "-q", "--no-deps", "--python", python, "-e", str(ROOT)],
        "Không cài được Tàng Thư vào .venv.",
    )
    call(
        [python, str(ROOT / "tools" / "translations.py"), "compile"],
        "Không biên dịch được bản dịch.",
    )
    # The running house writes nothing outside its home, compiled code neither.
    call([python, "-m", "compileall", "-q", str(ROOT / "src")], "Không biên dịch được mã nguồn.")


def debian_packages() -> list[tuple[str, str, str]]:
    """Lines of packages.debian: package, a file that shows it is there, what needs it."""
    lines = (ROOT / "packages.debian").read_text(encoding="utf-8").splitlines()
    rows = [line.split(None, 2) for line in lines if line.strip() and not line.startswith("#")]
    return [(row[0], row[1], row[2]) for row in rows]


def system_packages() -> None:
    """Install missing Debian packages as root, else say what will not run."""
    missing = [row for row in debian_packages() if not Path(row[1]).exists()]
    if not missing:
        return
    names = [name for name, _, _ in missing]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (
            ["apt-get", "update", "-q"],
            ["apt-get", "install", "-q", "-y", "--no-install-recommends", *names],
        ):
            done = subprocess.run(
                command, capture_output=True, text=True, check=False, env=environment
            )
            if done.returncode != 0:
                print(done.stderr.strip()[-500:], file=sys.stderr)
        missing = [row for row in missing if not Path(row[1]).exists()]
    for name, _, purpose in missing:
        print(f"THIẾU GÓI DEBIAN {name}: {purpose}", file=sys.stderr)


def main() -> None:
    """Make .venv fit for the purpose given on the command line."""
    purpose = sys.argv[1] if len(sys.argv) > 1 else "run"
    stamps = {name: VENV / f".{name}-ready" for name in LOCKS}
    if purpose == "test":
        system_packages()
    # What is ready for tests is ready for running as well.
    ready = [purpose] if purpose == "test" else ["run", "test"]
    for name in ready:
        if stamps[name].exists() and stamps[name].read_text() == stamp_of(name):
            return
    make_venv()
    for stamp in stamps.values():
        stamp.unlink(missing_ok=True)
    install(purpose)
    stamps[purpose].write_text(stamp_of(purpose))


if __name__ == "__main__":
    main()
