"""The application that the server calls."""

import gc
import os

from django.core.wsgi import get_wsgi_application

from manypaths.web.background import end_with_parent
from manypaths.web.bodies import whole_bodies
from manypaths.web.deadlines import watch

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "manypaths.settings")

end_with_parent()
_pages = get_wsgi_application()

from django.conf import settings  # noqa: E402  # not before the line above
from django.urls import get_resolver  # noqa: E402

application = whole_bodies(_pages, most_bytes=settings.LARGEST_UPLOAD_BYTES)
watch()

# Loads every page now, and not while the first reader waits.
assert get_resolver().url_patterns

# What is loaded by now stays, and what a page makes goes as soon as it is told, but for a few
# cycles: looking for these after every 700 new objects was a tenth of the time of a page.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 50)
