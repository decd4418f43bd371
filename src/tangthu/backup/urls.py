"""Addresses of backups."""

from django.urls import path

from tangthu.backup.views import backups, reports, restored

app_name = "backup"
urlpatterns = [
    path("sao-luu/", backups.backups, name="backups"),
    path("sao-luu/dat/", backups.order, name="order"),
    path("sao-luu/thu/<uuid:job_id>/", reports.trial, name="trial"),
    path("sao-luu/quet/<uuid:job_id>/", reports.scan, name="scan"),
    path("sao-luu/phuc-hoi/<uuid:restore_id>/", restored.restored, name="restored"),
]
