"""English translations: `extract` new sentences, `compile` the catalogue, `check` that none misses.

The sentences in code and templates are Vietnamese; locale/en has their English.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract as extract_messages
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "tangthu"
PO = PACKAGE / "locale" / "en" / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    # The labels of the fields of an index (archive/batch/headings.py).
    "_dossier": (2,),
    "_document": (2,),
}


def _sources() -> Iterator[tuple[Path, bytes]]:
    from django.conf import settings
    from django.utils.translation.template import templatize

    if not settings.configured:
        settings.configure()
    for path in sorted(PACKAGE.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path, path.read_bytes()
    for path in sorted(PACKAGE.rglob("templates/**/*.html")):
        text = templatize(path.read_text(encoding="utf-8"), origin=str(path))
        # What is left of a page is no Python: its indentation means nothing.
        yield path, "\n".join(line.lstrip() for line in text.split("\n")).encode("utf-8")


def _read() -> Catalog:
    if not PO.exists():
        return Catalog(locale="en", domain="django", fuzzy=False)
    with PO.open("rb") as source:
        return read_po(source, locale="en", domain="django")


def extract() -> int:
    """Collect every marked sentence into the catalogue, keeping what is translated."""
    old = _read()
    new = Catalog(locale="en", domain="django", fuzzy=False)
    for _path, data in _sources():
        for _line, message, comments, context in extract_messages(
            "python", io.BytesIO(data), KEYWORDS, options={"encoding": "utf-8"}
        ):
            if message:
                new.add(message, auto_comments=comments, context=context)
    for message in new:
        key = message.id[0] if isinstance(message.id, tuple) else message.id
        known = old.get(key, message.context) if key else None
        if known is not None and known.string:
            message.string = known.string
    PO.parent.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as target:
        write_po(target, new, sort_output=True, omit_header=False, width=100)
    return 0


def compile_catalogue() -> int:
    """Write django.mo beside django.po (not committed)."""
    if PO.exists():
        with PO.with_suffix(".mo").open("wb") as target:
            write_mo(target, _read())
    return 0


def missing() -> list[str]:
    """Sentences that have no English, or a fuzzy one."""
    found = []
    for message in _read():
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id and (message.fuzzy or not all(strings)):
            found.append(str(message.id))
    return found


def check() -> int:
    """1 if a sentence has no English; each is printed."""
    for sentence in missing():
        print(sentence)
    return 1 if missing() else 0


if __name__ == "__main__":
    verbs = {"extract": extract, "compile": compile_catalogue, "check": check}
    sys.exit(verbs[sys.argv[1]]())
