"""Whether this process answers and reaches its database; for supervisors and load balancers."""

from __future__ import annotations

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tangthu.ui.marks import public


@public
@never_cache
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """`song` and 200, or 503 while the database is away. Says nothing else."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return HttpResponse(
            "mat co so du lieu\n", content_type="text/plain; charset=utf-8", status=503
        )
    return HttpResponse("song\n", content_type="text/plain; charset=utf-8")
