"""Restricted JCS: one form for each value, the same in JavaScript, everything else refused."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tangthu.standards.ril import jcs
from tangthu.standards.ril.errors import NotCanonicalError, ValueNotAllowedError

KEYS = st.text("abcz019._-", min_size=1, max_size=40)
STRINGS = st.text(max_size=20).map(lambda s: normalize("NFC", s))
VALUES = st.recursive(
    STRINGS | st.booleans() | st.integers(-jcs.MAX_INT, jcs.MAX_INT),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
JS = """
const s=v=>Array.isArray(v)?'['+v.map(s)+']':v&&typeof v=='object'?'{'+Object.keys(v).sort().map(k=>JSON.stringify(k)+':'+s(v[k]))+'}':JSON.stringify(v);
const values=JSON.parse(require('fs').readFileSync(0,'utf8'));
console.log(JSON.stringify(values.map(v=>Buffer.from(s(v),'utf8').toString('hex'))));
"""  # noqa: E501


def nest(depth: int) -> Any:
    value: Any = "x"
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.req("IN-10")
@given(VALUES)
def test_a_value_reads_back_and_has_one_form(value: Any) -> None:
    data = jcs.dumps(value)
    assert jcs.loads(data) == value
    assert jcs.dumps(jcs.loads(data)) == data


@pytest.mark.req("IN-10")
def test_members_are_sorted_and_nothing_is_escaped_that_need_not_be() -> None:
    value = {"b": [1, True, {"z": -1}], "a.b": "Hậu Giang\u2028\x7f", "a-b": '"\\/\n\x01'}
    assert jcs.dumps(value) == (
        '{"a-b":"\\"\\\\/\\n\\u0001","a.b":"Hậu Giang\u2028\x7f","b":[1,true,{"z":-1}]}'.encode()
    )


@pytest.mark.req("IN-10")
def test_javascript_writes_the_same_bytes_with_one_line() -> None:
    if shutil.which("node") is None:
        pytest.skip("SKIPPED FOR LACK OF NODE: no JavaScript to compare the canonical form with")
    dice = random.Random(2026)
    alphabet = [chr(code) for code in range(128)]
    alphabet += list("đĐớừạẹỗ…—\u2028\u2029\x85ﬁ😀𝕏\ufeff\uffff\x9f")

    def word() -> str:
        text = "".join(dice.choices(alphabet, k=dice.randrange(12)))
        return normalize("NFC", text)

    def value(depth: int) -> Any:
        kind = dice.randrange(6 if depth else 4)
        if kind == 5:
            keys = ["".join(dice.choices("abz019._-", k=dice.randint(1, 40))) for _ in range(4)]
            return {key: value(depth - 1) for key in keys}
        if kind == 4:
            return [value(depth - 1) for _ in range(dice.randrange(5))]
        edges = [0, -1, jcs.MAX_INT, -jcs.MAX_INT, dice.randrange(-(2**40), 2**40)]
        return [word(), dice.choice(edges), dice.random() < 0.5, word()][kind]

    # Keys that look like array indices come first in JavaScript objects unless they are sorted.
    values = [value(4) for _ in range(800)] + [{"10": 1, "9": 2, "a": 3, "-1": 4}, {}, [], ""]
    done = subprocess.run(
        ["node", "-e", JS], input=json.dumps(values).encode(), capture_output=True, check=True
    )
    theirs = [bytes.fromhex(item) for item in json.loads(done.stdout)]
    assert theirs == [jcs.dumps(item) for item in values]


@pytest.mark.req("IN-10")
@pytest.mark.parametrize(
    "value",
    [
        None,
        1.0,
        1.5,
        float("nan"),
        float("inf"),
        2**53,
        -(2**53),
        10**400,
        b"bytes",
        {"A": 1},
        {"": 1},
        {"a b": 1},
        {"é": 1},
        {"a" * 41: 1},
        {"a\n": 1},
        {1: 1},
        {"a": None},
        [[{"a": 0.5}]],
        "e\u0301",
        "\ud800",
        {"a": {1, 2}},
        nest(17),
        "x" * (1024 * 1024),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_a_value_outside_the_form_is_not_written(value: object) -> None:
    with pytest.raises(ValueNotAllowedError):
        jcs.dumps(value)


@pytest.mark.req("IN-10")
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" ",
        b"{}\n",
        b" {}",
        b"\xef\xbb\xbf{}",
        b"{ }",
        b'{"a": 1}',
        b'{"a":1,}',
        b'{"b":1,"a":2}',
        b'{"a":1,"a":2}',
        b'{"a":2,"a":2}',
        b'{"a":null}',
        b'{"A":1}',
        b'{"a":1.0}',
        b'{"a":1e3}',
        b'{"a":-0}',
        b'{"a":01}',
        b'{"a":+1}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":9007199254740992}',
        b'{"a":' + b"9" * 5000 + b"}",
        b'{"a":"\\/"}',
        b'{"a":"\\u0061"}',
        b'{"a":"\\u000A"}',
        b'{"a":"\\u000a"}',
        b'{"a":"\\u001F"}',
        b'{"a":"\\ud83d\\ude00"}',
        b'{"a":"\\ud800"}',
        b'{"a":"\xed\xa0\x80"}',
        b'{"a":"\xff"}',
        b'{"a":"\x01"}',
        '{"a":"e\u0301"}'.encode(),
        b'{"a":1}{"a":1}',
        b"[" * 100_000,
        b"[" * 17 + b"]" * 17,
        b'"' + b"x" * (1024 * 1024) + b'"',
    ],
    ids=lambda data: repr(data[:24]),
)
def test_bytes_in_any_other_form_are_refused(data: bytes) -> None:
    with pytest.raises(NotCanonicalError):
        jcs.loads(data)


@pytest.mark.req("IN-10")
def test_sixteen_levels_are_accepted_and_the_limit_of_the_caller_is_kept() -> None:
    assert jcs.loads(jcs.dumps(nest(16))) == nest(16)
    with pytest.raises(NotCanonicalError):
        jcs.loads(b'"xxxx"', max_bytes=5)


@given(st.binary(max_size=60) | VALUES.map(lambda v: json.dumps(v).encode()))
def test_hostile_bytes_are_read_exactly_or_refused_by_a_typed_error(data: bytes) -> None:
    try:
        value = jcs.loads(data)
    except NotCanonicalError:
        return
    assert jcs.dumps(value) == data
