"""Addresses of the programming interface; loaded at the first request to it (door.py)."""

from django.urls import path

from tangthu.faces.api import documents
from tangthu.faces.api.service import api

urlpatterns = [
    path("api/v1/openapi.json", documents.openapi),
    path("api/v1/problems/<slug:name>", documents.problem_type),
    path("api/v1/", api.urls),
]
