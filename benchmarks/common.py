"""What every benchmark shares: a throw-away installation, and results that can be read again."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).resolve().parent / "results"


@contextmanager
def installation(keep: Path | None = None) -> Iterator[Path]:
    """A home with its own PostgreSQL, set as in production, and the tests' fixed cast.

    It is thrown away after, unless `keep` names the folder in which it stays, for the next time.
    """
    root = keep or Path(tempfile.mkdtemp(prefix="tangthu-bench-"))
    os.environ["TANGTHU_HOME"] = str(root)
    os.environ["DJANGO_SETTINGS_MODULE"] = "tangthu.kernel.settings"
    os.environ.pop("DATABASE_URL", None)
    try:
        from tangthu.kernel.home import Home

        home = Home(root).ensure()
        import django

        django.setup()
        from tests.support.house import make_cast

        from tangthu.kernel import database
        from tangthu.kernel.prepare import owner_alias, prepare

        with database.available(home), owner_alias():
            prepare()
            if not _has_cast():
                make_cast()
            yield root
            from django.db import connections

            connections.close_all()
    finally:
        if keep is None:
            shutil.rmtree(root, ignore_errors=True)


def _has_cast() -> bool:
    from tangthu.identity.models import Body

    return Body.objects.exists()


def machine() -> dict[str, Any]:
    """Facts about this machine that a figure depends on, and how busy it is with other things."""
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cpu": model,
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(memory / 2**30, 1),
        "python": platform.python_version(),
        "load_before": [round(value, 2) for value in os.getloadavg()],
    }


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def save(name: str, facts: dict[str, Any], figures: dict[str, Any]) -> None:
    """Write benchmarks/results/<name>.json and print the figures."""
    RESULTS.mkdir(exist_ok=True)
    result = {
        "benchmark": name,
        "date": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "machine": facts,
        "figures": figures,
    }
    text = json.dumps(result, indent=2, ensure_ascii=False)
    (RESULTS / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    print(text)
