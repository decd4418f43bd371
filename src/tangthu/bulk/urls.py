"""Addresses of bulk acts."""

from django.urls import path

from tangthu.bulk.views import acts

app_name = "bulk"
urlpatterns = [
    path("hang-loat/", acts.choose, name="choose"),
    path("hang-loat/cua-toi/", acts.mine, name="mine"),
    path("hang-loat/<uuid:bulk_id>/", acts.act, name="act"),
    path("hang-loat/<uuid:bulk_id>/tien-do/", acts.progress, name="progress"),
    path("hang-loat/<uuid:bulk_id>/xac-nhan/", acts.confirm, name="confirm"),
    path("hang-loat/<uuid:bulk_id>/<slug:bulk_act>/", acts.prepare, name="prepare"),
]
