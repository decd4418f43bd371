"""Addresses of changes of rights."""

from django.urls import path

from tangthu.identity.views import changes, granting

app_name = "rights"
urlpatterns = [
    path("quyen/", changes.changes, name="changes"),
    path("quyen/<slug:kind>/<uuid:change_id>/", changes.change, name="change"),
    path("quyen/cap/<slug:kind>/<uuid:scope>/", granting.grant, name="grant"),
]
