"""Search and registers over a million entries: `python -m benchmarks.search [--entries N]`.

Asked are a fixed mix of 200 queries, as people who see much, little, many bodies, and what five
groups open to them, first with nothing in memory, then again and again; then fifty people at once.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import office
from benchmarks.common import machine, percentile, save
from benchmarks.filled import (
    DOCUMENTS_EACH,
    RETENTIONS,
    fill,
    filled_installation,
    share_of,
    small_bodies,
    viewer,
)
from benchmarks.vietnamese import ISSUERS, THINGS, Paper, Writer

ENTRIES = 1_000_000
QUERIES = 200
ROUNDS = 3
TARGETS = {"search_p95_ms": 50, "list_page_p95_ms": 150, "list_page_ratio_to_empty": 3}


# Asking


def queries() -> dict[str, list[str]]:
    """The fixed mix, by what is asked for; 200 in all."""
    writer = Writer("queries")
    dice = writer.dice
    rare = [*dict.fromkeys(writer.compound() for _ in range(200))]
    names = [writer.person() for _ in range(40)]
    papers = [p for n in range(60) for p in _papers_of(n * 7)]
    found = {
        "common_word": [
            "quyết", "định", "công", "tác", "phê duyệt", "kiểm tra", "thực phẩm", "báo cáo", "năm",
            "hành",
        ],
        "common_folded": [
            "quyet dinh", "cong tac", "thanh ly", "kiem tra", "tinh", "ve viec", "bao cao",
            "ke hoach", "so", "hoa",
        ],
        "two_common": [
            "quyết định phê duyệt", "kiểm tra thực phẩm", "thanh lý tài sản", "quyết toán kinh phí",
            "tờ trình mua sắm", "nâng lương", "báo cáo tổng kết", "thi đua", "biên chế sự nghiệp",
            "đất đai",
        ],
        "rare_words": rare[:10],
        "rare_folded": [_folded(one) for one in rare[20:38]],
        "names": names[:15],
        "names_folded": [_folded(one) for one in names[15:25]],
        "phrase": [f'"{dice.choice(THINGS)}"' for _ in range(8)]
        + [f'"{one}"' for one in rare[40:48]]
        + ['"an toàn vệ sinh thực phẩm"', '"cong hoa xa hoi chu nghia"', '"ngày ký"']
        + ['"việc thành"'],
        "codes": [f"{p.number}/{p.symbol}" for p in papers[:20]],
        "codes_spelled": [
            f"{p.number} {p.symbol.replace('-', ' ').lower()}" for p in papers[20:30]
        ],
        "archive_codes": [f"001.03.08.H30.{n:03d}.2024.{n * 7 % 1000:03d}" for n in range(7)]
        + ["001.03.08.H30.0", "001.03.08.H30.00", "001.03.08.H30"],
        "fields": [
            f"{dice.choice(THINGS)} năm:{dice.randint(1990, 2020)}" for _ in range(8)
        ] + [f"loại:02 {dice.choice(THINGS)}" for _ in range(6)]
        + ['cq:"Sở Y tế" thanh lý', "td:kế hoạch", "từ:01/02/2010 đến:31/03/2010 quyết định"],
        "excluded": [f"{dice.choice(THINGS)} -{dice.choice(ISSUERS[:4]).split()[-1]}"
                     for _ in range(10)],
        "beginning": ["thanh*", "kiêm*", "quy* che*", "trun*", "hoa*"],
        "either": [f"{rare[n]} hoặc {rare[n + 5]}" for n in range(50, 55)],
        "long": [p.subject for p in papers[30:38]],
        "nothing": [f"{rare[n]} {rare[n + 8]}" for n in range(60, 68)],
    }  # fmt: skip
    count = sum(len(asked) for asked in found.values())
    if count > QUERIES:
        raise SystemExit(f"{count} queries in the mix")
    found["rare_words"] += rare[80 : 80 + QUERIES - count]
    assert sum(len(asked) for asked in found.values()) == QUERIES
    return found


def _papers_of(number: int) -> list[Paper]:
    """Two papers of the filled dossier `number`, by the index that was given them."""
    writer = Writer(f"dossier {number}")
    share_of(writer.dice), writer.dice.random(), writer.dice.getrandbits(128)
    writer.dice.random(), writer.dice.choice(RETENTIONS)
    return [writer.paper() for _ in range(2)]


def _folded(text: str) -> str:
    from tangthu.standards.vietnamese import fold

    return fold(text)


def viewers() -> dict[str, Any]:
    """Whose eyes: a clerk of the great body, its archivist, a clerk of a small one, of all."""
    from tangthu.identity.models import Role
    from tangthu.identity.policies import Viewer

    def at(bodies: list[uuid.UUID], role: Role) -> Viewer:
        return Viewer(uuid.uuid4(), "", tuple((body, role, "") for body in bodies))

    small = small_bodies()
    great = [body for body, _ in viewer("cuc").levels()] + [
        body for body, _ in viewer("nga").levels()
    ]
    return {
        "clerk_of_the_great_body": viewer("hoa"),
        "archivist_of_the_great_body": viewer("cuc"),
        "clerk_of_a_small_body": at(small[:1], Role.CLERK),
        "archivist_of_all_22_bodies": at([*great, *small], Role.ARCHIVIST),
    }


def timed(work: Callable[[], Any]) -> float:
    """Milliseconds that `work` takes."""
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


def spread(values: list[float]) -> dict[str, float]:
    """How a set of figures lies."""
    return {
        "p50": round(percentile(values, 0.5), 1),
        "p95": round(percentile(values, 0.95), 1),
        "max": round(max(values), 1),
    }


def searches(mix: dict[str, list[str]], person: Any, rounds: int) -> dict[str, Any]:
    """Every query of the mix, shuffled, `rounds` times; TooBroad counts as an answer."""
    from tangthu.discovery.guarded import TooBroad
    from tangthu.discovery.language import parse
    from tangthu.discovery.search import search

    took: dict[str, list[float]] = {name: [] for name in mix}
    slow: dict[str, float] = {}
    best: dict[str, float] = {}
    too_broad: set[str] = set()
    order = [(name, text) for name, asked in mix.items() for text in asked]
    for turn in range(rounds):
        random.Random(turn).shuffle(order)
        for name, text in order:

            def ask(text: str = text) -> None:
                try:
                    search(person, parse(text))
                except TooBroad:
                    too_broad.add(text)

            ms = timed(ask)
            took[name].append(ms)
            slow[text] = max(ms, slow.get(text, 0))
            best[text] = min(ms, best.get(text, ms))
    every = [value for values in took.values() for value in values]
    return {
        "ms": spread(every),
        "best_of_rounds_ms": spread(list(best.values())),
        "by_kind_ms": {name: spread(values) for name, values in took.items()},
        "slowest_ms": {
            text: round(slow[text], 1) for text in sorted(slow, key=lambda one: -slow[one])[:6]
        },
        "too_broad": sorted(too_broad),
    }


LIST_PAGES = {
    "documents": "/tai-lieu/", "documents_by_date": "/tai-lieu/?sort=-date",
    "documents_by_code": "/tai-lieu/?sort=code", "documents_of_a_year": "/tai-lieu/?year=2010",
    "documents_of_a_type": "/tai-lieu/?type=02",
    "documents_of_type_and_year": "/tai-lieu/?type=02&year=2010",
    "documents_with_rare_words": "/tai-lieu/?q=xe+m%C3%B4+t%C3%B4",
    "documents_with_common_words": "/tai-lieu/?q=quy%E1%BA%BFt+%C4%91%E1%BB%8Bnh",
    "documents_with_code": "/tai-lieu/?q=12%2FQ%C4%90-UBND",
    "dossiers": "/ho-so/", "dossiers_by_date": "/ho-so/?sort=date",
    "dossiers_of_a_year": "/ho-so/?year=1995",
    "search_page": "/tim/?q=thanh+l%C3%BD+t%C3%A0i+s%E1%BA%A3n",
    "search_page_common": "/tim/?q=quyet+dinh",
}  # fmt: skip
_DEEP = 40


def list_pages(username: str, rounds: int) -> dict[str, Any]:
    """Whole pages over Django's test client, as `username`; and an empty one."""
    import re

    from django.test import Client
    from tests.support.house import PASSWORD

    client = Client(SERVER_NAME="localhost")
    client.post("/dang-nhap/", {"username": username, "password": PASSWORD})
    took: dict[str, list[float]] = {}

    def get(name: str, address: str) -> str:
        began = time.perf_counter()
        answer = client.get(address)
        took.setdefault(name, []).append(1000 * (time.perf_counter() - began))
        if answer.status_code != 200:
            raise SystemExit(f"{address} answers {answer.status_code}")
        return answer.content.decode()

    for _ in range(rounds):
        for name, address in LIST_PAGES.items():
            get(name, address)
        get("empty", "/tai-lieu/?q=khongcogi%2Fxyz")
    deep: list[float] = []
    for address in ("/tai-lieu/", "/tai-lieu/?sort=-date", "/ho-so/"):
        page = get("walk", address)
        for step in range(_DEEP):
            more = re.search(r'rel="next" href="([^"]+)"', page)
            if not more:
                break
            page = get("walk", address.partition("?")[0] + more.group(1).replace("&amp;", "&"))
            if step >= _DEEP // 2:
                deep.append(took["walk"][-1])
    empty = percentile(took.pop("empty"), 0.5)
    walk = took.pop("walk")
    every = [value for values in took.values() for value in values] + walk
    return {
        "ms": spread(every),
        "empty_list_p50_ms": round(empty, 1),
        "ratio_p50_to_empty": round(percentile(every, 0.5) / empty, 2),
        "by_page_ms": {name: spread(values) for name, values in took.items()},
        "deep_pages_ms": spread(deep or walk),
    }


def deep_by_key(person: Any, entries: int) -> dict[str, float]:
    """The register read from a key in the middle of all and near the end (no page links so far)."""
    from tangthu.discovery import lists

    found = {}
    for name, share in (("start", 0.0), ("middle", 0.5), ("end", 0.99)):
        number = int(share * entries / (DOCUMENTS_EACH + 1))
        place = f"001.03.08.h30.{number // 1000:03d}.2024.{number % 1000:03d}"
        after = (place, uuid.UUID(int=0))
        found[name] = spread(
            [timed(partial(lists.page, person, "document", after=after)) for _ in range(10)]
        )["p95"]
    return found


def facets(person: Any) -> dict[str, Any]:
    """A page of the register of documents with all its facets, with a filter, with words."""
    from tangthu.discovery import lists

    names = ("type", "year", "retention", "fonds", "sealed")
    asked: dict[str, dict[str, Any]] = {
        "all": {},
        "one filter": {"filters": {"year": "2010"}},
        "two filters": {"filters": {"year": "2010", "type": "02"}},
        "words": {"text": "thanh lý"},
        "rare words": {"text": "xe mô tô"},
    }
    return {
        name: spread(
            [timed(partial(lists.page, person, "document", facets=names, **o)) for _ in range(7)]
        )
        for name, o in asked.items()
    }


def forget(root: Path) -> None:
    """Restart PostgreSQL, and let the system forget the pages of its files (and of no others)."""
    from django.db import connections

    from tangthu.kernel import postgres
    from tangthu.kernel.home import Home

    connections.close_all()
    postgres.stop(Home(root))
    os.sync()
    for path in Home(root).postgres.rglob("*"):
        if path.is_file():
            handle = os.open(path, os.O_RDONLY)
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(handle)
    postgres.start(Home(root))


def measure(root: Path, entries: int, rounds: int) -> dict[str, Any]:
    """Everything that is asked of the filled index."""
    mix = queries()
    people = viewers()
    clerk = people["clerk_of_the_great_body"]
    forget(root)
    figures: dict[str, Any] = {"search_cold": searches(mix, clerk, 1)}
    for name, person in people.items():
        searches(mix, person, 1)
        figures[f"search_warm_{name}"] = searches(mix, person, rounds)
    figures["list_pages"] = list_pages("hoa", rounds * 2)
    figures["list_by_key_p95_ms"] = deep_by_key(clerk, entries)
    figures["facets_ms"] = facets(clerk)
    figures["five_groups"] = of_five_groups(mix, entries, rounds)
    figures["fifty_at_once"] = office.fifty_at_once(root)
    return figures


def of_five_groups(mix: dict[str, list[str]], entries: int, rounds: int) -> dict[str, Any]:
    """The same for a clerk of the second body to whom five groups open a part of the first."""
    office.five_groups(office.MEMBER)
    member = viewer(office.MEMBER)
    searches(mix, member, 1)
    return {
        "scopes": len(member.scopes),
        "search": searches(mix, member, rounds),
        "list_pages": list_pages(office.MEMBER, rounds * 2),
        "list_by_key_p95_ms": deep_by_key(member, entries),
    }


def main() -> None:
    """Fill, ask, save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=ENTRIES, help="how many (20000 for a look)")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--keep", type=Path, help="folder of an installation to fill once and keep")
    asked = parser.parse_args()
    facts = machine()
    with filled_installation(asked.keep) as (root, empty):
        kept = root / "fill.json"
        if empty:
            kept.write_text(json.dumps(fill(asked.entries)))
        figures: dict[str, Any] = {"fill": json.loads(kept.read_text())}
        figures |= measure(root, asked.entries, asked.rounds)
    facts["load_after"] = [round(value, 2) for value in os.getloadavg()]
    figures["targets"] = TARGETS
    if asked.entries == ENTRIES:
        save("search", facts, figures)
    else:
        print(json.dumps(figures, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
