"""Addresses of signing in and of accounts."""

from django.urls import path

from tangthu.signin.views import (
    account_state,
    accounts,
    code,
    log,
    passkey_in,
    passkeys,
    password,
    practice,
    review,
    second_step,
    see_as,
    sessions,
)

app_name = "signin"
urlpatterns = [
    path("tai-khoan/mat-khau/", password.password, name="password"),
    path("dang-nhap/buoc-hai/", code.code, name="code"),
    path("tai-khoan/buoc-hai/", second_step.second_step, name="second-step"),
    path("tai-khoan/buoc-hai/ma-khoi-phuc/", second_step.recovery, name="recovery"),
    path("tai-khoan/buoc-hai/go/", second_step.take_off, name="second-step-off"),
    path("tai-khoan/buoc-hai/ung-dung/", second_step.app, name="app"),
    path("dang-nhap/khoa-truy-cap/", passkey_in.passkey_in, name="passkey-in"),
    path("tai-khoan/khoa-truy-cap/", passkeys.passkeys, name="passkeys"),
    path("tai-khoan/khoa-truy-cap/them/", passkeys.new, name="passkey-new"),
    path("tai-khoan/khoa-truy-cap/<uuid:passkey_id>/", passkeys.rename, name="passkey"),
    path("tai-khoan/khoa-truy-cap/<uuid:passkey_id>/go/", passkeys.remove, name="passkey-off"),
    path("tai-khoan/phien/", sessions.sessions, name="sessions"),
    path("khoa-man-hinh/", sessions.lock, name="lock"),
    path("nguoi-dung/<uuid:person_id>/dung/", account_state.enable, name="account-enable"),
    path("nguoi-dung/<uuid:person_id>/ngung/", account_state.disable, name="account-disable"),
    path("nguoi-dung/ra-soat/", review.reviews, name="reviews"),
    path("nguoi-dung/ra-soat/<uuid:body_id>/", review.review, name="review"),
    path("nguoi-dung/ra-soat/ket-qua/<uuid:review_id>/", review.sheet, name="review-sheet"),
    path("nguoi-dung/", accounts.accounts, name="accounts"),
    path("nguoi-dung/<uuid:person_id>/", accounts.account, name="account"),
    path("nguoi-dung/<uuid:person_id>/mat-khau/", accounts.reset, name="account-reset"),
    path("nguoi-dung/<uuid:person_id>/buoc-hai/", second_step.reset, name="account-second-step"),
    path("nguoi-dung/<uuid:person_id>/xem-nhu/", see_as.ask, name="see-as"),
    path("xem-nhu/thoi/", see_as.stop, name="see-as-stop"),
    path("xem-nhu/<uuid:seeing_id>/", see_as.answer, name="see-as-answer"),
    path("cho-tap/", practice.practice, name="practice"),
    path("cho-tap/<uuid:body_id>/", practice.open_place, name="practice-open"),
    path("nhat-ky-an-toan/", log.log, name="log"),
    path("nhat-ky-an-toan/nhat-ky.csv", log.log_file, name="log-file"),
]
