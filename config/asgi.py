"""One port: ordinary pages run as WSGI in threads; streams of replies are native ASGI."""

import os
from collections.abc import Awaitable, Callable
from typing import cast

from a2wsgi import WSGIMiddleware
from a2wsgi.wsgi_typing import WSGIApp
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

pages: Callable[..., Awaitable[None]] = WSGIMiddleware(
    cast(WSGIApp, get_wsgi_application()), workers=16
)

# Only now that Django is set up.
from personalization.replies import stream  # noqa: E402

streams = stream.Streams()


async def application(scope: stream.Scope, receive: stream.Receive, send: stream.Send) -> None:
    """Send a request where it belongs."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
    elif streams.takes(scope):
        await streams(scope, receive, send)
    else:
        await pages(scope, receive, send)


async def _live(receive: stream.Receive, send: stream.Send) -> None:
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await streams.close()
    await send({"type": "lifespan.shutdown.complete"})
