"""`tangthu ocfl validate`, `tangthu packages validate`: need neither a database nor a home."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from tangthu.faces.cli.context import FOUND, answer, json_option
from tangthu.faces.cli.words import translate as _

_paths = click.argument(
    "paths", nargs=-1, required=True, type=click.Path(path_type=Path, resolve_path=False)
)


def _told(ctx: click.Context, results: list[dict[str, Any]], key: str, as_json: bool) -> None:
    lines = []
    for one in results:
        lines.append(f"{'HỢP LỆ' if one['valid'] else 'KHÔNG HỢP LỆ'} {one['path']}")
        lines += [
            f"  [{found['rule']}] {found['severity']} {found['place']}: {found['message']}"
            for found in one["findings"]
        ]
    answer({key: results}, as_json=as_json, words="\n".join(lines))
    if not all(one["valid"] for one in results):
        ctx.exit(FOUND)


@click.group(help=_("Kho theo OCFL (Oxford Common File Layout)."))
def ocfl() -> None:
    """Commands about OCFL objects and roots."""


@ocfl.command("validate", help=_("Kiểm tra đối tượng hoặc kho OCFL 1.0, 1.1."))
@_paths
@click.option("--no-digests", is_flag=True, help=_("Không đọc lại nội dung để so mã băm."))
@json_option
@click.pass_context
def ocfl_validate(
    ctx: click.Context, paths: tuple[Path, ...], no_digests: bool, as_json: bool
) -> None:
    """Validate each path as an OCFL object, or as a storage root if it looks like one.

    A link given by its own name is followed: it stands outside of what it leads to.
    """
    from tangthu.standards import ocfl as library

    results = []
    for path in paths:
        place = Path(os.path.realpath(path))
        check = library.validate_root if library.looks_like_root(place) else library.validate_object
        found: Iterable[library.Finding] = check(place, check_digests=not no_digests)
        findings = [
            {
                "rule": one.code,
                "severity": one.severity,
                "place": one.place,
                "message": one.message,
                "fix": one.fix,
            }
            for one in found
        ]
        valid = not any(one["severity"] == "error" for one in findings)
        results.append({"path": str(path), "valid": valid, "findings": findings})
    _told(ctx, results, "objects", as_json)


@click.group(help=_("Gói tin theo Thông tư 05: gói lưu trữ (AIP), gói sử dụng (DIP)."))
def packages() -> None:
    """Commands about information packages."""


@packages.command(
    "validate", help=_("Kiểm tra gói AIP_hoso, DIP (thư mục hoặc .zip) theo TT05/2025.")
)
@_paths
@json_option
@click.pass_context
def packages_validate(ctx: click.Context, paths: tuple[Path, ...], as_json: bool) -> None:
    """Validate each package: digests, orphans, references, schemas, joins, descriptions."""
    import datetime as dt

    from tangthu.standards.rules import RuleSet
    from tangthu.standards.tt05 import validator

    today = dt.datetime.now(tz=dt.UTC).date()
    results = []
    for path in paths:
        verdict = validator.validate(path, rules=RuleSet.packaged(), on=today)
        results.append(
            {
                "path": str(path),
                "valid": verdict.valid,
                "findings": [
                    {
                        "rule": one.rule,
                        "severity": one.severity,
                        "place": one.place,
                        "message": one.message,
                        "fix": one.fix,
                    }
                    for one in verdict.findings
                ],
            }
        )
    _told(ctx, results, "packages", as_json)
