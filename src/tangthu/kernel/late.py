"""Functions named by where they live, imported when they are first called.

What runs in the background drags in readers of sheets, PDFs and images. Every command and every web
process learns at start-up that such work exists; only who does it should pay for the import.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.utils.module_loading import import_string

promised: set[str] = set()  # every place that was named, so that a test can go there


@functools.cache
def late(place: str) -> Callable[..., Any]:
    """A function that calls the one at `place` ("package.module.function") when it is called.

    The same place gives the same function, so that who groups by function finds one. A place that
    is none raises ImportError at the first call, not here.
    """
    promised.add(place)

    def call(*args: Any, **kwargs: Any) -> Any:
        return import_string(place)(*args, **kwargs)

    call.__name__ = place.rpartition(".")[2]
    return call
