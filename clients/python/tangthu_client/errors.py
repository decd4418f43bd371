"""What can go wrong, as exceptions; none of them holds the key."""

from __future__ import annotations

from typing import Any


class Problem(Exception):
    """The house refused: a problem document (RFC 9457).

    `kind` is the last part of its type ("refused", "bad-fields" …); `right` the scope that is
    missing, if that is the reason; `fields` the sentences by the name of the field.
    """

    def __init__(self, status: int, document: dict[str, Any]) -> None:
        self.status = status
        self.kind = str(document.get("type", "")).rpartition("/")[2]
        self.detail = str(document.get("detail") or document.get("title") or f"HTTP {status}")
        self.hint = str(document.get("hint", ""))
        self.right = str(document.get("right", ""))
        self.fields: dict[str, list[str]] = {
            one["field"]: list(one["messages"]) for one in document.get("problems", [])
        }
        told = "; ".join(f"{name}: {' '.join(words)}" for name, words in self.fields.items())
        super().__init__(" ".join(filter(None, [f"{status}", self.detail, told, self.hint])))


class Unreachable(Exception):
    """The house did not answer, or not with what was expected."""


class JobFailed(Exception):
    """A job ended otherwise than done; `job` is its document."""

    def __init__(self, job: dict[str, Any]) -> None:
        self.job = job
        super().__init__(f"{job['kind']} {job['state']}: {job['message']} {job['hint']}".strip())


class NotWhole(Exception):
    """A file does not have the digest that the house told; it was removed."""


class NotGenuine(Exception):
    """What came to a receiver is no message of the hook: not signed by it, changed, or old."""
