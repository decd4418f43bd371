"""Client of the programming interface of Tàng Thư (docs/api.md), on the standard library alone."""

from tangthu_client.client import Client
from tangthu_client.errors import JobFailed, NotWhole, Problem, Unreachable

__all__ = ["Client", "JobFailed", "NotWhole", "Problem", "Unreachable"]
__version__ = "1.0.0"
