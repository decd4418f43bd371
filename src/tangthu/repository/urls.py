"""Addresses of the stores, their packages, and checks of both."""

from django.urls import path

from tangthu.repository.views import checks, packages, store_pages, stores

app_name = "repository"
urlpatterns = [
    path("kho/", stores.stores, name="stores"),
    path("kho/moi/", store_pages.new, name="store-new"),
    path("kho/noi/<uuid:store_uid>/", store_pages.store, name="store"),
    path("kho/noi/<uuid:store_uid>/sua/", store_pages.edit, name="store-edit"),
    path("kho/noi/<uuid:store_uid>/chep/", store_pages.copy, name="store-copy"),
    path("kho/noi/<uuid:store_uid>/kiem-tra/", store_pages.check, name="store-check"),
    path("kho/noi/<uuid:store_uid>/thoi-dung/", store_pages.retire, name="store-retire"),
    path("kho/kiem-tra/", checks.order, name="order-check"),
    path("kho/kiem-tra/<uuid:job_id>/", checks.check, name="check"),
    path("kho/goi/", packages.packages, name="packages"),
    path("kho/goi/<uuid:package_id>/", packages.package, name="package"),
]
