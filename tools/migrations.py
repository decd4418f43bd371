"""Write the migrations that changed models need; with --check only say whether one is missing.

Usage: .venv/bin/python tools/migrations.py [app …] [--check]. It needs no database and no home.
"""

from __future__ import annotations

import os
import sys
import tempfile
import warnings
from pathlib import Path

from tangthu.kernel.home import Home


def main(arguments: list[str]) -> None:
    """Run Django's makemigrations in a home made for it and thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        Home(Path(folder)).ensure()
        os.environ |= {"TANGTHU_HOME": folder, "DJANGO_SETTINGS_MODULE": "tangthu.kernel.settings"}
        import django
        from django.core.management import call_command

        django.setup()
        warnings.filterwarnings("ignore", "Got an error checking a consistent migration history")
        checking = "--check" in arguments
        apps = [one for one in arguments if one != "--check"]
        call_command("makemigrations", *apps, check_changes=checking, dry_run=checking)


if __name__ == "__main__":
    main(sys.argv[1:])
