"""The address of the choice of a language."""

from django.urls import path

from manypaths.web.pages.language.views import choose

app_name = "language"
urlpatterns = [path("language/", choose, name="set")]
