"""Addresses of the stores, their packages, and checks of both."""

from django.urls import path

from tangthu.repository.views import checks, packages, stores

app_name = "repository"
urlpatterns = [
    path("kho/", stores.stores, name="stores"),
    path("kho/kiem-tra/", checks.order, name="order-check"),
    path("kho/kiem-tra/<uuid:job_id>/", checks.check, name="check"),
    path("kho/goi/", packages.packages, name="packages"),
    path("kho/goi/<uuid:package_id>/", packages.package, name="package"),
]
