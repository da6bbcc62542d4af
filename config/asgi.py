"""One port: ordinary pages run as WSGI in threads; streams, when they come, are native ASGI."""

import os
from typing import cast

from a2wsgi import WSGIMiddleware
from a2wsgi.wsgi_typing import WSGIApp
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = WSGIMiddleware(cast(WSGIApp, get_wsgi_application()), workers=16)
