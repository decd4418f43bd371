"""Collects which tests prove which requirement IDs, and how they ended."""

from __future__ import annotations

import json
from pathlib import Path

import pytest


class LawReport:
    """Writes {ID: [{test, outcome}]} when the session ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._outcomes: dict[str, str] = {}
        self._ids: dict[str, set[str]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember the worst outcome of each marked test."""
        ids = {value for name, value in report.user_properties if name == "req"}
        if not ids:
            return
        self._ids[report.nodeid] = ids
        if report.when == "call" or report.outcome != "passed":
            worst = self._outcomes.get(report.nodeid)
            if worst in {None, "passed"}:
                self._outcomes[report.nodeid] = report.outcome

    def pytest_sessionfinish(self) -> None:
        """Write the report."""
        found: dict[str, list[dict[str, str]]] = {}
        for nodeid, ids in sorted(self._ids.items()):
            for name in sorted(ids):
                found.setdefault(name, []).append(
                    {"test": nodeid, "outcome": self._outcomes.get(nodeid, "unknown")}
                )
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps(found, indent=1, sort_keys=True), encoding="utf-8")
