"""The address of the site itself."""

from django.urls import path

from manypaths.web.pages.home.views import start

app_name = "home"
urlpatterns = [path("", start, name="start")]
