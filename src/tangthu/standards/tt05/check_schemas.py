"""Schema validity of the XML in a package: by our schemas and by those inside it (AR-68)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from typing import BinaryIO

from tangthu.standards.tt05 import schemas
from tangthu.standards.tt05.errors import PackageUnreadableError
from tangthu.standards.tt05.findings import Finding, short
from tangthu.standards.xml import ForeignSchemas, SchemaFault, SchemaSet, XmlError, faults_of
from tangthu.standards.xml.reading import SMALL

Open = Callable[[str], BinaryIO]
_FOLDER = "schemas/"


def check_schemas(
    documents: Iterable[tuple[str, tuple[str, ...], str]],
    sizes: Mapping[str, int],
    open_: Open,
    package_type: str = "AIP",
) -> Iterator[Finding]:
    """Yield what in each document breaks a schema.

    `documents`: path, names of the schemas that judge it, rule to name when ours is broken;
    `package_type` says which schemas of ours judge it. A
    schema inside the package equal to ours needs no second look; another one is used in a child
    process, and is itself reported if it cannot be used.
    """
    inside, findings = _inside(sizes, open_)
    yield from findings
    with ExitStack() as stack:
        foreign: ForeignSchemas | None = None
        known = {name.lower(): schemas.schema_bytes(name, package_type) for name in schemas.NAMES}
        shipped = schemas.shipped(package_type)
        for path, names, rule in documents:
            yield from _ours(path, names, rule, inside, known, open_, shipped)
            if not _needs_foreign(names, inside, known):
                continue
            try:
                if foreign is None:
                    foreign = stack.enter_context(ForeignSchemas({**known, **inside}))
                with open_(path) as handle:
                    foreign.submit(path, names, handle)
            except XmlError as fault:
                yield _unusable(fault)
                return
        if foreign is not None:
            try:
                answers = foreign.answers()
            except XmlError as fault:
                yield _unusable(fault)
                return
            for path, faults in answers.items():
                yield from (_broken("AR-68", path, fault) for fault in faults[:5])


def _inside(sizes: Mapping[str, int], open_: Open) -> tuple[dict[str, bytes], list[Finding]]:
    found: dict[str, bytes] = {}
    findings: list[Finding] = []
    for path in sorted(sizes):
        if not (path.startswith(_FOLDER) and path.lower().endswith(".xsd")) or len(found) >= 64:
            continue
        if sizes[path] > SMALL.max_bytes:
            findings.append(_too_large(path))
            continue
        try:
            with open_(path) as handle:
                found[path.rsplit("/", 1)[-1].lower()] = handle.read(SMALL.max_bytes)
        except PackageUnreadableError as fault:
            findings.append(Finding("AR-67", "error", path, fault.message, fault.hint))
    return found, findings


def _ours(
    path: str,
    names: tuple[str, ...],
    rule: str,
    inside: Mapping[str, bytes],
    known: Mapping[str, bytes],
    open_: Open,
    shipped: SchemaSet,
) -> Iterator[Finding]:
    if any(name.lower() not in known for name in names):
        return
    try:
        with open_(path) as handle:
            faults = faults_of(shipped.schema(*names), handle)
    except XmlError:
        return  # reported where the document itself is read
    for fault in faults[:5]:
        yield _broken(rule, path, fault)
    if faults and all(inside.get(n.lower()) == known[n.lower()] for n in names):
        yield _broken("AR-68", path, faults[0])


def _needs_foreign(
    names: tuple[str, ...], inside: Mapping[str, bytes], known: Mapping[str, bytes]
) -> bool:
    present = [name.lower() for name in names if name.lower() in inside]
    return bool(present) and any(inside[name] != known.get(name) for name in present)


def _broken(rule: str, path: str, fault: SchemaFault) -> Finding:
    whose = "XSD kèm trong gói" if rule == "AR-68" else "lược đồ XSD"
    message = f"Không hợp lệ theo {whose} (dòng {fault.line})."
    return Finding(
        rule, "error", path, message, "Sửa dữ liệu tại dòng này.", "", short(fault.message)
    )


def _unusable(fault: XmlError) -> Finding:
    return Finding("AR-68", "error", _FOLDER, fault.message, fault.hint)


def _too_large(path: str) -> Finding:
    return Finding("AR-68", "error", path, "Lược đồ XSD lớn bất thường.", "Thay lược đồ.")
