"""Sign in and out."""

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from manypaths.web.rendering import redirect_page, render_page


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Show the ways to sign in."""
    return render_page(request, "sign_in/start.html", {})


@require_POST
def out(request: HttpRequest) -> HttpResponse:
    """End the session on this device."""
    logout(request)
    return redirect_page(request, "sign_in:start")
