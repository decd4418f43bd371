"""Addresses of search."""

from django.urls import path

from tangthu.discovery import views

app_name = "discovery"
urlpatterns = [path("tim/", views.search, name="search")]
