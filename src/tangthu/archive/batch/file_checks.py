"""Findings about the files themselves: what a probe saw, and files that are the same file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from tangthu.archive.batch.findings import DEFAULT, Finding, Repair, found
from tangthu.archive.batch.model import BatchFile

KEEP = "keep"
"""The field of a repair that changes no value: a person says the file is taken as it is."""

_DAMAGED = {"damaged", "bomb", "timed_out", "crashed", "out_of_memory", "failed"}
_KINDS = {
    "wrong_extension": "file.extension",
    "unidentified": "file.unidentified",
    "repaired": "file.repaired",
    "active_content": "file.active",
    "embedded_files": "file.active",
    "low_resolution": "file.low-resolution",
    "no_text_layer": "file.no-text",
}
# What the scanner did not let pass: nothing of it is drawn or read.
UNOPENED = {"infected": "file.infected", "unscanned": "file.unscanned"}
_CONFIRMED = {"file.unidentified"}


def file_findings(file: BatchFile, *, secret: bool) -> Iterator[Finding]:
    """What the probe of one file means for the import; a secret file says nothing more."""
    target = f"file:{file.path}"
    if secret:
        yield found("secret.declared", target, file.path)
        return
    if file.secret:
        yield found("secret.suspected", target, file.path)
        return
    if file.size == 0:
        yield found("file.empty", target, file.path, file=file.path)
        return
    for problem, code in UNOPENED.items():
        if problem in file.problems:
            yield found(code, target, file.path, file=file.path)
            return
    if file.problems and _DAMAGED.intersection(file.problems):
        yield found("file.damaged", target, file.path, file=file.path)
        return
    if "needs_password" in file.problems or "encrypted" in file.problems:
        yield found("file.encrypted", target, file.path, file=file.path)
        return
    for problem in file.problems:
        code = _KINDS.get(problem)
        if code is not None:
            keep = (Repair(KEEP, "1", DEFAULT, 0.5),) if code in _CONFIRMED else ()
            yield found(code, target, file.path, file=file.path, kind=file.mime, repairs=keep)
    if file.pdfa is False:
        yield found(
            "file.not-pdfa", target, file.path, file=file.path,
            repairs=(Repair(KEEP, "1", DEFAULT, 0.5),),
        )  # fmt: skip


def duplicates(files: Sequence[BatchFile]) -> Iterable[Finding]:
    """A finding for each file whose bytes another file of the batch has already brought."""
    first: dict[str, str] = {}
    for file in files:
        if file.size == 0 or not file.sha256:
            continue
        other = first.setdefault(file.sha256, file.path)
        if other != file.path:
            yield found(
                "file.duplicate", f"file:{file.path}", file.path, value=file.sha256,
                file=file.path, other=other, repairs=(Repair(KEEP, "1", DEFAULT, 0.5),),
            )  # fmt: skip


def already_held(files: Sequence[BatchFile], held: Mapping[str, str]) -> Iterable[Finding]:
    """A finding for each file whose bytes already are a record; only a person takes it again."""
    for file in files:
        code = held.get(file.sha256) if file.sha256 else None
        if code is not None:
            yield found("file.held", f"file:{file.path}", file.path, value=code, file=file.path)
