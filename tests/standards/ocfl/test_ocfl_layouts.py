"""Storage layouts against the examples in the texts of the extensions, and against ocfl-py."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ocfl.layout_0003_hash_and_id_n_tuple import Layout_0003_Hash_And_Id_N_Tuple

from tangthu.standards.ocfl import LayoutError, NotAStorageRootError, StagingError, open_root
from tangthu.standards.ocfl.layout import (
    FLAT,
    FLAT_OMIT_PREFIX,
    HASH_AND_ID,
    HASHED,
    TUPLE_OMIT_PREFIX,
    layout_from,
)
from tangthu.standards.ocfl.storage_root import create_root

LONG = "abcdefghij" * 10 + "a"
HORROR = "..hor/rib:le-$id"
MD5_15 = {"digestAlgorithm": "md5", "tupleSize": 2, "numberOfTuples": 15}
HASH = "3c0ff4240c1e116dba14c7627f2319b58aa3d77606d0d90dfc6161608ac987d4"

EXAMPLES = [
    (FLAT, {}, "object-01", "object-01"),
    (HASH_AND_ID, {}, "object-01", "3c0/ff4/240/object-01"),
    (HASH_AND_ID, {}, HORROR, "487/326/d8c/%2e%2ehor%2frib%3ale-%24id"),
    (HASH_AND_ID, {}, "..Hor/rib:lè-$id", "373/529/21a/%2e%2eHor%2frib%3al%c3%a8-%24id"),
    (
        HASH_AND_ID,
        {},
        LONG,
        f"5cc/73e/648/{LONG[:100]}-5cc73e648fbcff136510e330871180922ddacf193b68fdeff855683a01464220",
    ),
    (HASH_AND_ID, MD5_15, "object-01", "ff/75/53/44/92/48/5e/ab/b3/9f/86/35/67/28/88/object-01"),
    (HASH_AND_ID, {"tupleSize": 0, "numberOfTuples": 0}, "object-01", "object-01"),
    (HASHED, {}, "object-01", f"3c0/ff4/240/{HASH}"),
    (
        HASHED,
        {**MD5_15, "shortObjectRoot": True},
        HORROR,
        "08/31/97/66/fb/6c/29/35/dd/17/5b/94/26/77/17/e0",
    ),
    (FLAT_OMIT_PREFIX, {"delimiter": ":"}, "urn:uuid:6e8bc430", "6e8bc430"),
    (FLAT_OMIT_PREFIX, {"delimiter": "edu/"}, "https://institution.EDU/abc/edu/f8.05v", "f8.05v"),
    (
        TUPLE_OMIT_PREFIX,
        {"tupleSize": 4, "numberOfTuples": 2, "reverseObjectRoot": True},
        "namespace:12887296",
        "6927/8821/12887296",
    ),
    (
        TUPLE_OMIT_PREFIX,
        {"delimiter": "edu/", "zeroPadding": "right"},
        "https://institution.edu/3448793",
        "344/879/300/3448793",
    ),
]


@pytest.mark.parametrize(("name", "config", "object_id", "path"), EXAMPLES)
def test_a_layout_places_the_examples_of_its_extension(
    name: str, config: dict[str, object], object_id: str, path: str
) -> None:
    assert layout_from(name, config).path_of(object_id) == path


@given(st.text(min_size=1).filter(lambda text: text.isprintable()))
def test_the_layout_of_new_roots_agrees_with_an_independent_implementation(object_id: str) -> None:
    theirs = Layout_0003_Hash_And_Id_N_Tuple().identifier_to_path(object_id)
    assert layout_from(HASH_AND_ID).path_of(object_id) == theirs


@pytest.mark.parametrize(
    ("name", "object_id"),
    [(FLAT, "../escape"), (FLAT, ".."), (FLAT, "a/b"), (FLAT, "x" * 256), (FLAT, "a\0b")],
)
def test_an_identifier_without_a_safe_place_is_refused(name: str, object_id: str) -> None:
    with pytest.raises(LayoutError):
        layout_from(name).path_of(object_id)


@pytest.mark.parametrize(
    ("name", "config"),
    [
        ("9999-unknown", {}),
        (HASH_AND_ID, {"tupleSize": 33}),
        (HASH_AND_ID, {"tupleSize": True}),
        (HASH_AND_ID, {"tupleSize": 0}),
        (HASH_AND_ID, {"digestAlgorithm": "crc32"}),
        (HASH_AND_ID, {"digestAlgorithm": "md5", "tupleSize": 32, "numberOfTuples": 2}),
        (HASHED, {"shortObjectRoot": "yes"}),
        (HASHED, {"tupleSize": 32, "numberOfTuples": 2, "shortObjectRoot": True}),
        (FLAT_OMIT_PREFIX, {}),
        (TUPLE_OMIT_PREFIX, {"zeroPadding": "both"}),
    ],
)
def test_a_wrong_configuration_is_refused(name: str, config: dict[str, object]) -> None:
    with pytest.raises(LayoutError):
        layout_from(name, config)


def test_a_new_root_declares_itself_and_can_be_made_again(tmp_path: Path) -> None:
    store = create_root(tmp_path / "root")
    assert (store.root / "0=ocfl_1.1").read_text() == "ocfl_1.1\n"
    assert json.loads((store.root / "ocfl_layout.json").read_text())["extension"] == HASH_AND_ID
    config = json.loads((store.root / "extensions" / HASH_AND_ID / "config.json").read_text())
    assert config["extensionName"] == HASH_AND_ID
    (store.root / "0=ocfl_1.1").unlink()
    assert create_root(tmp_path / "root") == store
    assert open_root(tmp_path / "root").path_of("object-01") == store.root / "3c0/ff4/240/object-01"


def test_a_folder_with_other_things_does_not_become_a_root(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("x")
    with pytest.raises(NotAStorageRootError):
        create_root(tmp_path)
    with pytest.raises(NotAStorageRootError):
        open_root(tmp_path)


def test_staging_inside_the_root_is_refused(tmp_path: Path) -> None:
    create_root(tmp_path / "root")
    with pytest.raises(StagingError):
        open_root(tmp_path / "root", tmp_path / "root" / "extensions" / "staging")
    (tmp_path / "file").write_text("x")
    with pytest.raises(StagingError):
        open_root(tmp_path / "root", tmp_path / "file")


def test_a_root_with_a_broken_layout_file_is_refused(tmp_path: Path) -> None:
    create_root(tmp_path / "root")
    (tmp_path / "root" / "ocfl_layout.json").write_text("[")
    with pytest.raises(LayoutError):
        open_root(tmp_path / "root")
