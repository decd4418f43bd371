"""Addresses of backups."""

from django.urls import path

from tangthu.backup.views import backups

app_name = "backup"
urlpatterns = [
    path("sao-luu/", backups.backups, name="backups"),
    path("sao-luu/dat/", backups.order, name="order"),
    path("sao-luu/thu/<uuid:job_id>/", backups.trial, name="trial"),
]
