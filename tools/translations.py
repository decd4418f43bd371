"""English translations: `extract` new sentences into locale/en, `compile` them, `check` that none is missing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "tangthu"
PO = PACKAGE / "locale" / "en" / "LC_MESSAGES" / "django.po"


def extract() -> None:
    """Collect every marked sentence into the catalogue, keeping what is translated."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "django.pot"
        config = Path(folder) / "babel.cfg"
        config.write_text("[python: **.py]\n[django: **/templates/**.html]\n")
        babel = str(Path(sys.executable).with_name("pybabel"))
        subprocess.run(
            [babel, "-q", "extract", "-F", str(config), "-k", "gettext_lazy", "-k", "_n:1,2",
             "-k", "pgettext:1c,2", "--no-location", "--sort-output", "--omit-header",
             "-o", str(template), "."],
            check=True, cwd=PACKAGE,
        )  # fmt: skip
        PO.parent.mkdir(parents=True, exist_ok=True)
        verb = ["update", "--no-fuzzy-matching", "--ignore-obsolete"] if PO.exists() else ["init"]
        subprocess.run(
            [babel, "-q", *verb, "-l", "en", "-D", "django", "-i", str(template), "-o", str(PO)],
            check=True,
        )


def compile_catalogue() -> None:
    """Write django.mo beside django.po (not committed)."""
    if not PO.exists():
        return
    with PO.open("rb") as source, PO.with_suffix(".mo").open("wb") as target:
        write_mo(target, read_po(source))


def check() -> int:
    """Number of sentences without English; each is printed."""
    with PO.open("rb") as source:
        missing = [message.id for message in read_po(source) if message.id and not message.string]
    for sentence in missing:
        print(sentence)
    return len(missing)


if __name__ == "__main__":
    verbs = {"extract": extract, "compile": compile_catalogue, "check": check}
    sys.exit(1 if verbs[sys.argv[1]]() else 0)
