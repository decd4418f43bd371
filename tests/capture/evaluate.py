"""How well the proposals fit real papers: precision and recall per field against `labels.toml`.

``python -m tests.capture.evaluate`` prints the table and all misses; a test uses `measure`.
"""

from __future__ import annotations

import collections
import sys
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tangthu.capture.proposals import Proposal, best_of, propose, second_opinion
from tangthu.capture.text import read_layout
from tangthu.capture.workers import open_sandbox
from tangthu.kernel.sandbox import Sandbox
from tangthu.standards.vietnamese.text import fold, words

FIELDS = ("type", "notation", "number", "date", "subject", "issuer")
LABELS = Path(__file__).with_name("labels.toml")
GAZETTEER = (
    "Chi cục An toàn vệ sinh thực phẩm", "Sở Y tế Hậu Giang", "Ủy ban nhân dân tỉnh Quảng Ngãi",
)  # fmt: skip
SURE = 0.7


@dataclass
class Score:
    """Counts for one field over files with a text layer."""

    expected: int = 0
    proposed: int = 0
    right: int = 0
    surely_wrong: int = 0
    misses: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return self.right / self.expected if self.expected else 1.0

    @property
    def precision(self) -> float:
        return self.right / self.proposed if self.proposed else 1.0


def labels() -> list[dict[str, Any]]:
    """The labelled files."""
    return list(tomllib.loads(LABELS.read_text(encoding="utf-8"))["file"])


def likeness(one: str, other: str) -> float:
    """F1 of the folded words of two texts."""
    a, b = (collections.Counter(word.folded for word in words(text)) for text in (one, other))
    common = sum((a & b).values())
    return 2 * common / (a.total() + b.total()) if a and b else 0.0


def is_right(name: str, value: str, label: dict[str, Any]) -> bool:
    """Whether a proposed value is right; a date must show all that is printed and nothing false."""
    wanted = label[name]
    if name == "date":
        printed = label["printed"]
        return bool(wanted) and wanted.startswith(value) and value.startswith(printed)
    if name in ("subject", "issuer"):
        return likeness(value, wanted) >= 0.8
    if name == "number":
        return bool(wanted) and value.lstrip("0") == wanted.lstrip("0")
    return fold(value) == fold(wanted)


def read_all(root: Path, sandbox: Sandbox) -> list[tuple[dict[str, Any], tuple[Proposal, ...]]]:
    """Labels with the proposals for their files, a folder being a batch."""
    answer = []
    for folder in ("hau-giang-2010", "signed-pdf-vn"):
        chosen = [label for label in labels() if label["folder"] == folder]
        raw = [
            propose(label["file"], read_layout(root / folder / label["file"], sandbox), GAZETTEER)
            for label in chosen
        ]
        answer += list(zip(chosen, second_opinion(raw), strict=True))
    return answer


def measure(read: list[tuple[dict[str, Any], tuple[Proposal, ...]]]) -> dict[str, Score]:
    """Scores per field over the files that have a text layer."""
    scores = {name: Score() for name in FIELDS}
    for label, proposals in read:
        if not label["text"]:
            continue
        for name, score in scores.items():
            _count(score, name, label, best_of(proposals, name))  # type: ignore[arg-type]
    return scores


def _count(score: Score, name: str, label: dict[str, Any], best: Proposal | None) -> None:
    wanted = label["printed"] if name == "date" else label[name]
    score.expected += bool(wanted)
    where = label["file"][-24:]
    if best is None:
        if wanted:
            score.misses.append(f"{where} {name}: nothing for {wanted!r}")
        return
    score.proposed += 1
    if is_right(name, best.value, label):
        score.right += bool(wanted)
        score.proposed -= not wanted
        return
    score.surely_wrong += best.confidence >= SURE
    score.misses.append(f"{where} {name}: {best.value!r} ({best.confidence}) for {wanted!r}")


def table(scores: dict[str, Score]) -> Iterator[str]:
    """The scores as lines of text."""
    yield f"{'field':9} {'labelled':>8} {'proposed':>8} {'right':>6} {'recall':>7} {'precision':>9}"
    for name, s in scores.items():
        yield (
            f"{name:9} {s.expected:8} {s.proposed:8} {s.right:6} {s.recall:7.2f} {s.precision:9.2f}"
            f"   sure but wrong: {s.surely_wrong}"
        )


def main() -> None:
    from tests.support.corpora import ROOT

    start = time.perf_counter()
    with open_sandbox() as sandbox:
        read = read_all(ROOT, sandbox)
    scores = measure(read)
    lines = [miss for score in scores.values() for miss in score.misses]
    lines += [*table(scores), f"{(time.perf_counter() - start) / len(read):.3f} s per file"]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
