"""Order a fixity check of all packages that the acting person audits."""

from __future__ import annotations

from tangthu.identity.acting import Acting
from tangthu.kernel import jobs
from tangthu.kernel.errors import Refused
from tangthu.kernel.models import Job
from tangthu.repository.checking import CHECK_ALL


def order_check(acting: Acting, *, repair: bool) -> Job:
    """Queue a check; with `repair`, bad files are replaced from good copies. Raises Refused."""
    bodies = sorted(acting.viewer.bodies_with("repository.audit"))
    if not bodies:
        raise Refused("Bạn không có quyền kiểm tra kho.", hint="Nhờ quản trị cơ quan phân quyền.")
    return jobs.enqueue(
        CHECK_ALL,
        args={"repair": repair},
        body_id=bodies[0],
        person_id=acting.viewer.person_id,
    )
