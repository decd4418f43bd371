"""Every sentence has its English, with the same placeholders, and nothing else is kept."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog, Message

ROOT = Path(__file__).resolve().parents[2]
PERCENT = re.compile(r"%\(\w+\)[#0\- +]*\d*(?:\.\d+)?[a-zA-Z]|%%[a-zA-Z]?|%[a-zA-Z]")
BRACES = re.compile(r"\{\{|\}\}|\{[^{}]*\}")
Key = tuple[str | tuple[str, ...], str | None]


@pytest.fixture
def translations() -> ModuleType:
    """A fresh copy of tools/translations.py, which is no package."""
    spec = importlib.util.spec_from_file_location(
        "translations", ROOT / "tools" / "translations.py"
    )
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _sentences(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def _forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def _keys(catalogue: Catalog) -> set[Key]:
    return {(message.id, message.context) for message in _sentences(catalogue)}


def _placeholders(text: str) -> list[str]:
    return sorted(PERCENT.findall(text) + BRACES.findall(text))


def _differing(catalogue: Catalog) -> list[tuple[str, str]]:
    """Pairs of a sentence and an English form that does not have the same placeholders.

    A singular may leave its number out ("one page"), but may not bring in a placeholder.
    """
    found = []
    for message in _sentences(catalogue):
        sources = _forms(message.id)
        for index, form in enumerate(_forms(message.string)):
            source = sources[min(index, len(sources) - 1)]
            wanted, given = _placeholders(source), _placeholders(form)
            singular = len(sources) > 1 and index == 0
            if given != wanted and not (singular and set(given) < set(wanted)):
                found.append((source, form))
    return found


def test_no_sentence_lacks_english(translations: ModuleType) -> None:
    assert len(_sentences(translations._read())) > 500
    assert translations.missing() == []


def test_no_translation_is_fuzzy(translations: ModuleType) -> None:
    assert [message.id for message in _sentences(translations._read()) if message.fuzzy] == []


def test_every_plural_has_all_its_english_forms(translations: ModuleType) -> None:
    catalogue = translations._read()
    plurals = [message for message in _sentences(catalogue) if isinstance(message.id, tuple)]
    assert plurals
    for message in plurals:
        assert len(_forms(message.string)) == catalogue.num_plurals, message.id


def test_placeholders_of_sentence_and_english_agree(translations: ModuleType) -> None:
    assert _differing(translations._read()) == []


@pytest.mark.parametrize(
    ("sentence", "english"),
    [
        ("Còn %(n)s tệp", "Files left: %(count)s"),
        ("Còn %(n)s tệp", "Files left"),
        ("Còn %(n)s tệp", "Files left: %(n)d"),
        ("Kho từ chối: {why}", "The store refused: {reason}"),
        ("Đã chọn %%n tệp", "Files chosen: %n"),
        (("%(n)s tệp", "%(n)s tệp"), ("%(n)s file", "files")),
    ],
)
def test_an_english_sentence_with_other_placeholders_is_found(
    sentence: str | tuple[str, str], english: str | tuple[str, str]
) -> None:
    catalogue = Catalog(locale="en")
    catalogue.add(sentence, english)
    assert len(_differing(catalogue)) == 1


def test_edges_of_sentence_and_english_agree(translations: ModuleType) -> None:
    """Spaces and line ends at the edges join a sentence to what stands beside it."""

    def edges(text: str) -> tuple[str, str]:
        return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]

    for message in _sentences(translations._read()):
        for form in _forms(message.string):
            assert edges(form) == edges(_forms(message.id)[0]), form


def test_the_catalogue_on_disk_holds_exactly_what_extraction_finds(
    translations: ModuleType, tmp_path: Path
) -> None:
    kept = translations._read()
    translations.PO = tmp_path / "django.po"
    translations.extract()
    found = _keys(translations._read())
    assert sorted(map(str, found - _keys(kept))) == [], "make them: tools/translations.py extract"
    assert sorted(map(str, _keys(kept) - found)) == [], "nobody says these any more"


def test_extraction_keeps_what_is_translated(translations: ModuleType, tmp_path: Path) -> None:
    def english(catalogue: Catalog) -> dict[Key, tuple[str, ...]]:
        return {(m.id, m.context): _forms(m.string) for m in _sentences(catalogue)}

    kept = translations._read()
    copy = tmp_path / "django.po"
    copy.write_bytes(translations.PO.read_bytes())
    translations.PO = copy
    translations.extract()
    after = english(translations._read())
    both = _keys(kept) & after.keys()
    assert {key: after[key] for key in both} == {
        key: text for key, text in english(kept).items() if key in both
    }
