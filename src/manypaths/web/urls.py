"""All addresses, page by page."""

from django.urls import include, path

handler400 = "manypaths.web.errors.bad_request_page"
handler403 = "manypaths.web.errors.not_allowed_here_page"
handler404 = "manypaths.web.errors.not_found_page"
handler500 = "manypaths.web.errors.our_fault_page"

urlpatterns = [
    path("api/v1/", include("manypaths.api.urls")),
    path("ims/case/", include("manypaths.api.case.urls")),
    path("", include("manypaths.web.pages.home.urls")),
    path("", include("manypaths.web.pages.probes.urls")),
    path("", include("manypaths.web.pages.sign_in.urls")),
    path("", include("manypaths.web.pages.family.urls")),
    path("do/", include("manypaths.web.pages.doing.urls")),
    path("show/", include("manypaths.web.pages.showing.urls")),
    path("evidence/", include("manypaths.web.pages.evidence.urls")),
    path("words/", include("manypaths.web.pages.words.urls")),
    path("", include("manypaths.web.pages.language.urls")),
    path("", include("manypaths.web.pages.my_class.urls")),
    path("", include("manypaths.web.pages.path.urls")),
    path("", include("manypaths.web.pages.why.urls")),
    path("", include("manypaths.web.pages.looked.urls")),
    path("", include("manypaths.web.pages.marks.urls")),
    path("", include("manypaths.web.pages.records.urls")),
    path("", include("manypaths.web.pages.settings.urls")),
    path("", include("manypaths.web.pages.models.urls")),
    path("", include("manypaths.web.pages.school.urls")),
    path("", include("manypaths.web.pages.imports.urls")),
    path("", include("manypaths.web.pages.integrations.urls")),
    path("", include("manypaths.web.pages.frameworks.urls")),
    path("", include("manypaths.web.pages.terms.urls")),
    path("", include("manypaths.web.pages.groups.urls")),
    path("", include("manypaths.web.pages.people.urls")),
    path("", include("manypaths.web.pages.demographics.urls")),
    path("", include("manypaths.web.pages.security.urls")),
    path("", include("manypaths.web.pages.invitation.urls")),
    path("", include("manypaths.web.pages.sign_in.library_urls")),
]
