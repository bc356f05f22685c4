"""Addresses of CASE, for both of its versions."""

from django.urls import URLPattern, path, re_path

from manypaths.api.case import views
from manypaths.api.case.forms import EDITIONS

app_name = "case"

KINDS = (
    *("CFPackages", "CFDocuments", "CFItems", "CFItemAssociations", "CFAssociations"),
    *("CFAssociationGroupings", "CFConcepts", "CFItemTypes", "CFLicenses", "CFSubjects"),
    "CFRubrics",
)


def _of(edition: str) -> list[URLPattern]:
    given = {"edition": edition}
    return [
        path(f"{edition}/CFDocuments", views.documents, given, name=f"{edition}_CFDocuments_all"),
        *(
            path(
                f"{edition}/{kind}/<str:sourced_id>",
                views.one,
                {**given, "kind": kind},
                name=f"{edition}_{kind}",
            )
            for kind in KINDS
        ),
    ]


urlpatterns = [
    *(pattern for edition in EDITIONS for pattern in _of(edition)),
    re_path(r"^(?P<rest>.*)$", views.nothing),
]
