"""Rules by day: the page that shows them, and records judged by those of their own day (RM-014)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator

import pytest
from django.utils import timezone

from tangthu.archive.actions.describe_record import describe_document, digest_of
from tangthu.archive.descriptions import findings, judged_on
from tangthu.kernel import checks, rulebook
from tangthu.kernel.errors import InvalidInput
from tangthu.standards.rules import RuleSet, stated
from tests.office.conftest import SignIn
from tests.support.house import TestHouse
from tests.support.records import make_dossier

# The type 28 is no more from July 2026 on; what was issued before keeps it.
TWO_SETS = """
[lists.document_types]
citation = "TT99/2026/TT-BNV Điều 1"
evidence = "P"
effective_from = 2025-07-01
codes = [{ code = "28", vi = "Giấy nghỉ phép", en = "Leave", effective_to = 2026-06-30 }]
"""


@pytest.fixture
def own_rules(cast: TestHouse) -> Iterator[Callable[[str], None]]:
    """Lay a rule file of the installation's own; the packaged rules stand again after."""
    folder = cast.home.root / "rules"
    folder.mkdir(exist_ok=True)
    file = folder / "own.toml"

    def lay(text: str) -> None:
        file.write_text(text, encoding="utf-8")
        rulebook._load.cache_clear()

    yield lay
    file.unlink()
    rulebook._load.cache_clear()


@pytest.mark.req("RM-014", "AR-01")
def test_a_document_is_judged_by_the_rules_of_its_own_day_and_data_alone_changes_that(
    cast: TestHouse, own_rules: Callable[[str], None]
) -> None:
    dated = [{"issued_on": day, "record_type": "28"} for day in ("2026-03-01", "2026-08-01")]
    older, newer = make_dossier(cast, documents=dated).documents
    today = timezone.localdate()
    assert "record_type" not in findings(older, today) | findings(newer, today)
    own_rules(TWO_SETS)
    assert "record_type" not in findings(older, today), "the rules of its day had the type"
    assert "record_type" in findings(newer, today)
    # Dating it to where the type is no more is refused; the other way round mends it.
    with pytest.raises(InvalidInput) as refused:
        describe_document(
            cast.acting("cuc"), older.pk, {"issued_on": "2026-07-01"}, expected=digest_of(older)
        )
    assert set(refused.value.problems) == {"record_type"}
    describe_document(
        cast.acting("cuc"), newer.pk, {"issued_on": "2026-06-30"}, expected=digest_of(newer)
    )


def test_what_is_older_than_the_rules_undated_or_to_come_is_judged_by_todays(
    cast: TestHouse,
) -> None:
    today = timezone.localdate()
    days = ("2010-03-01", "", "2099-01-01", "2026-03-01")
    made = make_dossier(cast, documents=[{"issued_on": day} for day in days])
    found = [judged_on(one, today) for one in made.documents]
    assert found == [today, today, today, dt.date(2026, 3, 1)]


@pytest.mark.req("AR-01")
def test_every_rule_of_a_day_is_shown_with_citation_evidence_and_period(
    cast: TestHouse, sign_in: SignIn, own_rules: Callable[[str], None]
) -> None:
    own_rules(TWO_SETS)
    client = sign_in("hoa")
    page = client.get("/quy-tac/?ngay=1/5/2026").content.decode().split("</main>")[0]
    assert "document_types/28" in page and "TT99/2026/TT-BNV Điều 1" in page
    assert "01/07/2025 – 30/06/2026" in page and "own.toml" in page
    later = client.get("/quy-tac/?ngay=1/8/2026").content.decode().split("</main>")[0]
    row = '<span class="code quiet-text">document_types/'
    assert f"{row}28" in page and f"{row}28" not in later and f"{row}27" in later
    few = client.get("/quy-tac/", {"q": "register_answer"}).content.decode()
    assert "deadline.register_answer" in few and "document_types/27" not in few
    assert "Không có quy tắc nào" in client.get("/quy-tac/?ngay=1/1/2019").content.decode()


def test_the_list_of_rules_leaves_nothing_out() -> None:
    rules, day = RuleSet.packaged(), dt.date(2026, 11, 1)
    keys = {(one.kind, one.key) for one in stated(rules, day)}
    assert {key for kind, key in keys if kind == "value"} == {
        key for key in rules.value_keys() if any(v == key for _k, v in keys)
    }
    for name in rules.list_names():
        assert {f"{name}/{one.code}" for one in rules.codes(name, day)} <= {k for _, k in keys}
    assert ("format", "pdf") in keys
    assert all(one.source.citation and one.source.evidence for one in stated(rules, day))


@pytest.mark.req("RM-691")
def test_rules_that_contradict_each_other_or_the_law_are_told(
    cast: TestHouse, own_rules: Callable[[str], None]
) -> None:
    def told() -> tuple[str, str]:
        (one,) = (each for each in checks.run() if each.name == "rules")
        return one.level, one.findings[0].message

    assert told()[0] == "ok"
    value = '[[values]]\nkey = "deadline.x"\nvalue = 1\nunit = "days"\nvi = "x"\ncitation = "x"\n'
    dated = 'evidence = "G"\neffective_from = 2026-01-01\n'
    own_rules(2 * (value + dated))
    level, words = told()
    assert level == "error" and "deadline.x" in words
    settled = next(
        one for one in stated(RuleSet.packaged(), dt.date(2026, 11, 1))
        if one.kind == "value" and not one.source.configurable and one.value.isdigit()
    )  # fmt: skip
    own_rules(value.replace("deadline.x", settled.key).replace('unit = "days"\n', "") + dated)
    level, words = told()
    assert level == "warning" and settled.key in words and "own.toml" in words


def test_rules_are_headed_and_said_in_words(cast: TestHouse, sign_in: SignIn) -> None:
    page = sign_in("hoa").get("/quy-tac/").content.decode().split("</main>")[0]
    for words in (
        "Giá trị: tài khoản, mật khẩu", "Giá trị: thời hạn",
        "Trường mô tả: hồ sơ trong gói nộp",
        "Danh mục mã: Chế độ sử dụng", "<td>1 ngày làm việc</td>", "chữ, bắt buộc, nhiều nhất",
    ):  # fmt: skip
        assert words in page
    headed = re.findall(r"<h2>[^<:]+: ([^<]+)</h2>", page)
    assert headed and not [one for one in headed if re.fullmatch(r"[a-z_]+", one)]
    assert "mandatory" not in page and "working_days" not in page
