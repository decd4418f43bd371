"""Each listed record of an isolated LAN says its own degree, where it stands (AR-128)."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from tangthu.records.levels import degree_words
from tests.isolated.test_work import TOKEN
from tests.office.conftest import SignIn
from tests.support.house import TestHouse
from tests.support.isolated import classify, secret_dossier
from tests.support.records import make_dossier


def tags_beside(page: str, title: str) -> list[str]:
    """The red tags of the row or hit in which `title` stands."""
    blocks = re.findall(r'<tr data-list-target="row">.*?</tr>|<li class="hit".*?</li>', page, re.S)
    plain = [(re.sub(r"<[^>]+>", "", block), block) for block in blocks]
    found = [block for words, block in plain if title in words]
    assert found, f"{title} is not listed"
    tags = re.findall(r'<span class="tag tag-danger">(.*?)</span>', found[0], re.S)
    return [re.sub(r"<[^>]+>", "", tag).strip() for tag in tags]


@pytest.mark.req("AR-128")
def test_hits_rows_and_the_list_of_a_dossier_say_the_degree_of_each_record(
    isolated_cast: TestHouse, sign_in: SignIn
) -> None:
    made = secret_dossier(isolated_cast, "2", number="02", token=TOKEN, dossier_too=False)
    top = secret_dossier(isolated_cast, "3", number="03", token=f"{TOKEN}hai")
    open_one = make_dossier(isolated_cast, number="01", documents=[{"subject": f"Rõ {TOKEN}ba"}])
    secret, plain = made.documents[0].subject, made.documents[1].subject
    cuc = sign_in("cuc")
    seen = {
        address: cuc.get(address).content.decode()
        for address in (
            "/tai-lieu/", f"/ho-so/{made.dossier.pk}/", "/ho-so/",
            f"/tim/?q={TOKEN}", f"/tim/?q={TOKEN}&dang=bang", f"/tim/?q={TOKEN}ba",
        )
    }  # fmt: skip
    for address in ("/tai-lieu/", f"/ho-so/{made.dossier.pk}/"):
        assert tags_beside(seen[address], secret) == ["Tối mật"], address
        assert tags_beside(seen[address], plain) == [], address
    for address in (f"/tim/?q={TOKEN}", f"/tim/?q={TOKEN}&dang=bang"):
        assert tags_beside(seen[address], secret) == ["Tối mật"], address
    assert tags_beside(seen["/ho-so/"], top.dossier.title) == ["Tuyệt mật"]
    assert tags_beside(seen[f"/tim/?q={TOKEN}ba"], open_one.documents[0].subject) == []
    # An open document of a secret dossier is as secret as the dossier, in its own list too.
    classify(isolated_cast, made.dossier, "1")
    page = cuc.get(f"/ho-so/{made.dossier.pk}/").content.decode()
    assert tags_beside(page, plain) == ["Mật"]
    assert tags_beside(page, secret) == ["Tối mật"]
    hoa = sign_in("hoa")
    for address in seen:
        assert "tag-danger" not in hoa.get(address).content.decode(), address


@pytest.mark.req("AR-128")
def test_a_connected_installation_names_no_degree(cast: TestHouse) -> None:
    assert degree_words("S2", timezone.localdate()) == ""
