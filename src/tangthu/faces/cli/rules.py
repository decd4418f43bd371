"""`tangthu rules`: the dated rules in force on a day, with citation and evidence."""

from __future__ import annotations

import datetime as dt

import click

from tangthu.faces.cli.context import answer, house, json_option
from tangthu.faces.cli.people import DAY
from tangthu.faces.cli.words import translate as _


@click.command(help=_("Quy tắc có hiệu lực một ngày, có căn cứ, chứng cứ và thời hạn hiệu lực."))
@click.option("--on", "on", type=DAY, help=_("Ngày, dạng 2026-12-31; không ghi: hôm nay."))
@click.option("--find", "words", default="", help=_("Chỉ những quy tắc có các chữ này."))
@json_option
def rules(on: dt.datetime | None, words: str, as_json: bool) -> None:
    """Every rule of one day; `own` is the file of the installation that replaced it."""
    with house():
        from django.utils import timezone

        from tangthu.kernel.rulebook import matching, rulebook

        day = on.date() if on else timezone.localdate()
        found = [
            {
                "kind": one.kind,
                "key": one.key,
                "name": one.name,
                "value": one.value,
                "citation": one.source.citation,
                "evidence": one.source.evidence,
                "from": one.source.effective_from.isoformat(),
                "to": one.source.effective_to.isoformat() if one.source.effective_to else None,
                "own": one.own or None,
            }
            for one in matching(day, words)
        ]
        lines = [
            f"{one['key']}\t{one['value']}\t{one['citation']}\t[{one['evidence']}]" for one in found
        ]
        facts = {"day": day.isoformat(), "identity": rulebook().identity, "rules": found}
        words = "\n".join(lines) or f"Không có quy tắc nào như vậy có hiệu lực ngày {day:%d/%m/%Y}."
        answer(facts, as_json=as_json, words=words)
