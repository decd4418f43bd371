"""Addresses of the pages about keys."""

from django.urls import path

from tangthu.programs.views import keys

app_name = "programs"
urlpatterns = [
    path("khoa-api/", keys.keys, name="keys"),
    path("khoa-api/moi/", keys.new, name="key-new"),
    path("khoa-api/<uuid:key_id>/thu-hoi/", keys.revoke, name="key-revoke"),
]
