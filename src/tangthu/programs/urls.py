"""Addresses of the pages about keys."""

from django.urls import path

from tangthu.programs.views import hooks, keys

app_name = "programs"
urlpatterns = [
    path("khoa-api/", keys.keys, name="keys"),
    path("khoa-api/moi/", keys.new, name="key-new"),
    path("khoa-api/<uuid:key_id>/thu-hoi/", keys.revoke, name="key-revoke"),
    path("khoa-api/nhan-tin/", hooks.hooks, name="hooks"),
    path("khoa-api/nhan-tin/moi/", hooks.new, name="hook-new"),
    path("khoa-api/nhan-tin/<uuid:hook_id>/", hooks.hook, name="hook"),
    path("khoa-api/nhan-tin/<uuid:hook_id>/tam-dung/", hooks.pause, name="hook-pause"),
    path("khoa-api/nhan-tin/<uuid:hook_id>/gui-tiep/", hooks.resume, name="hook-resume"),
    path("khoa-api/nhan-tin/<uuid:hook_id>/xoa/", hooks.remove, name="hook-remove"),
]
