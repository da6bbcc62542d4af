"""One port: ordinary pages run as WSGI in threads; streams, when they come, are native ASGI."""

import os

from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = WSGIMiddleware(get_wsgi_application(), workers=16)
