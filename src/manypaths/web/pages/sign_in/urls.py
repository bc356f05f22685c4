"""Addresses for signing in and out."""

from django.urls import path

from manypaths.web.pages.sign_in.views import out, start

app_name = "sign_in"
urlpatterns = [path("sign-in/", start, name="start"), path("sign-out/", out, name="out")]
