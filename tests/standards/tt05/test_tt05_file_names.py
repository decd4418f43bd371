"""File names of digitised records: what is certain, what is not, nothing guessed."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tangthu.standards.tt05.filenames import NamePattern, parse_file_name

CORPORA = Path(os.environ.get("TANGTHU_CORPORA", Path(__file__).parents[4] / "shared/corpora"))


@pytest.mark.req("RM-857")
def test_an_older_name_gives_archive_fonds_inventory_file_and_sheet():
    reading = parse_file_name("Q3-5-1-10-4.pdf")
    assert reading.pattern == "dashed-2010"
    assert reading.parts == {
        "archive": "Q3",
        "fonds": "5",
        "inventory": "1",
        "file": "10",
        "sheet": "4",
    }
    assert (reading.extension, reading.ordinal, dict(reading.ambiguous)) == ("pdf", 4, {})


@pytest.mark.req("RM-857")
def test_an_older_image_name_has_a_page_and_a_whole_file_has_no_sheet():
    assert parse_file_name("Q3-5-1-10-4-2.jpg").parts["page"] == "2"
    whole = parse_file_name("Q3-5-1-10.pdf")
    assert "sheet" not in whole.parts and whole.parts["file"] == "10"


def test_a_name_by_the_circular_is_file_code_and_ordinal():
    reading = parse_file_name("H49.64.33.2001.160.0000012.pdf", body_code="H49.64.33")
    assert reading.parts == {
        "body": "H49.64.33", "year": "2001", "file": "160", "ordinal": "0000012",
        "file_code": "H49.64.33.2001.160",
    }  # fmt: skip
    assert (reading.ordinal, dict(reading.ambiguous)) == (12, {})


def test_a_whole_file_in_one_object_is_named_by_its_code():
    reading = parse_file_name("H49.64.33.2001.160.pdf", body_code="H49.64.33")
    assert reading.parts["file_code"] == "H49.64.33.2001.160"
    assert reading.ordinal is None


def test_a_name_from_the_corpus_tells_ordinal_file_and_year_and_admits_the_rest():
    reading = parse_file_name("\\Chi cuc\\hoso02\\001.03.08.H30.81.2024.K4.01.02.007.pdf")
    assert reading.parts == {"year": "2024", "file": "02", "ordinal": "007"}
    assert reading.ordinal == 7
    assert reading.ambiguous["store_shelf_box_or_inventory"] == ("K4.01",)
    assert "001.03.08 | H30.81" in reading.ambiguous["archive_and_body"]
    assert set(reading.ambiguous) == {
        "archive_and_body",
        "store_shelf_box_or_inventory",
        "file_code",
    }


def test_a_known_archive_code_settles_archive_and_body():
    reading = parse_file_name("001.03.08.H30.81.2024.K4.01.02.007.pdf", archive_code="001.03.08")
    assert (reading.parts["archive"], reading.parts["body"]) == ("001.03.08", "H30.81")
    assert "archive_and_body" not in reading.ambiguous


def test_an_archives_own_pattern_comes_first():
    own = NamePattern(
        "batch-2024",
        re.compile(
            r"(?P<archive>[\d.]+)\.(?P<body>H\d+\.\d+)\.(?P<year>\d{4})\.(?P<store>K\d+)\.(?P<box>\d+)\.(?P<file>\d+)\.(?P<ordinal>\d+)"
        ),
        ambiguous=("box",),
    )
    reading = parse_file_name("001.03.08.H30.81.2024.K4.01.02.007.pdf", patterns=[own])
    assert reading.pattern == "batch-2024"
    assert reading.parts["store"] == "K4" and "box" not in reading.parts
    assert reading.ambiguous == {"box": ("01",)}


def test_two_possible_years_are_reported():
    reading = parse_file_name("H49.2001.2002.01.003.pdf")
    assert reading.ambiguous["year"] == ("2001", "2002")
    assert reading.parts == {"ordinal": "003"}


@pytest.mark.parametrize(
    "name", ["Bia_hoso03.pdf", "", ".", "..", "scan.pdf", "a-b.pdf", "x" * 5000]
)
def test_a_name_that_follows_no_convention_is_unknown(name):
    reading = parse_file_name(name)
    assert (reading.pattern, dict(reading.parts)) == ("unknown", {})


@given(st.text(max_size=80))
def test_any_name_is_read_without_an_error(name):
    parse_file_name(name, archive_code="001", body_code="H30")


def test_every_name_of_the_real_batch_gives_its_ordinal():
    folder = CORPORA / "hau-giang-2010"
    if not folder.is_dir():
        pytest.skip("SKIPPED: the Hậu Giang batch of ../shared/corpora is absent")
    names = sorted(path.name for path in folder.glob("*.pdf"))
    assert [parse_file_name(name).ordinal for name in names] == list(range(1, len(names) + 1))
