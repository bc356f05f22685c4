"""The application that the server calls."""

import os

from django.core.wsgi import get_wsgi_application

from manypaths.web.background import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "manypaths.settings")

end_with_parent()
application = get_wsgi_application()

from django.urls import get_resolver  # noqa: E402  # settings first

# Loads every page now, and not while the first reader waits.
assert get_resolver().url_patterns
