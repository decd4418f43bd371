"""Client of the programming interface of Tàng Thư (docs/api.md), on the standard library alone."""

from tangthu_client.client import Client
from tangthu_client.errors import JobFailed, NotGenuine, NotWhole, Problem, Unreachable
from tangthu_client.hooks import verify

__all__ = ["Client", "JobFailed", "NotGenuine", "NotWhole", "Problem", "Unreachable", "verify"]
__version__ = "1.0.0"
