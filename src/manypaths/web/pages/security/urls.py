"""Addresses of one's own sign-in."""

from django.urls import path

from manypaths.web.pages.security import views

app_name = "security"
urlpatterns = [
    path("security/", views.show_own, name="own"),
    path("security/second/", views.second_factor, name="second_factor"),
    path("security/password/", views.password, name="password"),
    path("security/pictures/", views.pictures, name="pictures"),
    path("security/shared/", views.share, name="share"),
    path("security/devices/<slug:name>/end/", views.end_session, name="end_session"),
]
