"""The address of what the marks mean."""

from django.urls import path

from manypaths.web.pages.marks.views import all_marks

app_name = "marks"
urlpatterns = [path("marks/", all_marks, name="all")]
