"""The component pages: every part with all its states, each face filled with specimens."""

from django.urls import path

from tangthu.ui import views

app_name = "ui"

urlpatterns = [
    path("", views.components, name="components"),
    path("queue/", views.queue_page, name="queue"),
    path("record/", views.record_page, name="record"),
    path("register/", views.register_page, name="register"),
    path("form/", views.form_page, name="form"),
    path("upload/", views.upload_page, name="upload"),
    path("confirm/", views.confirm_page, name="confirm"),
    path("sign-in/", views.sign_in_page, name="sign_in"),
    path("progress/", views.progress_fragment, name="progress"),
    path("errors/<slug:kind>/", views.error_page, name="error"),
]
