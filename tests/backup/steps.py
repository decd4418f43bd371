"""What the crash tests of backups run in a process of its own."""

from __future__ import annotations

from tangthu.faces.cli.main import _run


def restore(folder: str, home: str) -> None:
    """Restore a set by the command, without keys."""
    import os

    os.environ["DJANGO_SETTINGS_MODULE"] = "tangthu.kernel.settings"
    assert _run(["backup", "restore", folder, "--home", home]) == 0
