"""Addresses of signing in and of accounts."""

from django.urls import path

from tangthu.signin.views import accounts, log, password

app_name = "signin"
urlpatterns = [
    path("tai-khoan/mat-khau/", password.password, name="password"),
    path("nguoi-dung/", accounts.accounts, name="accounts"),
    path("nguoi-dung/<uuid:person_id>/", accounts.account, name="account"),
    path("nguoi-dung/<uuid:person_id>/mat-khau/", accounts.reset, name="account-reset"),
    path("nhat-ky-an-toan/", log.log, name="log"),
    path("nhat-ky-an-toan/nhat-ky.csv", log.log_file, name="log-file"),
]
