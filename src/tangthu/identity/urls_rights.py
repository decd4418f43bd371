"""Addresses of changes of rights."""

from django.urls import path

from tangthu.identity.views import changes, granting

app_name = "rights"
urlpatterns = [
    path("quyen/", changes.changes, name="changes"),
    path("quyen/<slug:change>/<uuid:change_id>/", changes.one_change, name="change"),
    path("quyen/cap/<slug:scope_kind>/<uuid:scope>/", granting.grant, name="grant"),
]
