"""Whose words a sentence is spoken in: each way to translate, each reader, never twice (RM-013)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.template import Context, Template
from django.utils import translation
from django.utils.safestring import SafeData, SafeString
from django.utils.translation import gettext, gettext_lazy, ngettext

from tangthu.kernel import terms

OURS, THEIRS = "Thời hạn lưu trữ", "Thời hạn bảo quản"
LAZY = gettext_lazy("Thời hạn lưu trữ")


def ways() -> list[str]:
    tags = (
        "{% load i18n %}{% trans 'Thời hạn lưu trữ' %}|"
        "{% blocktranslate %}Thời hạn lưu trữ{% endblocktranslate %}"
    )
    return [
        gettext(OURS), str(LAZY), ngettext(OURS, OURS, 2),
        *Template(tags).render(Context()).split("|"),
    ]  # fmt: skip


def test_every_way_to_translate_speaks_the_words_of_its_reader() -> None:
    with translation.override("vi"):
        assert set(ways()) == {OURS}
        with terms.using(terms.ND30):
            assert set(ways()) == {THEIRS}
        assert set(ways()) == {OURS}


def test_words_are_those_of_one_thread_and_end_with_an_error() -> None:
    with translation.override("vi"), pytest.raises(ValueError), terms.using(terms.ND30):
        with ThreadPoolExecutor(1) as others:
            assert others.submit(gettext, OURS).result() == OURS
        raise ValueError
    assert terms.spoken(OURS) == OURS


def test_installing_again_changes_nothing_and_a_strange_django_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = translation._trans.gettext  # type: ignore[attr-defined]
    terms.install()
    assert translation._trans.gettext is before  # type: ignore[attr-defined]
    monkeypatch.delattr(translation, "_trans")
    with pytest.raises(RuntimeError):
        terms.install()


def test_what_was_safe_for_a_page_stays_so_and_nothing_else_becomes_it() -> None:
    with terms.using(terms.ND30):
        assert isinstance(terms.spoken(SafeString(OURS)), SafeData)
        assert not isinstance(terms.spoken(OURS), SafeData)
