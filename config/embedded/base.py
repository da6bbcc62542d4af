"""Django's PostgreSQL backend, started on first use: commands that need no database start none."""

from typing import Any

from django.db.backends.postgresql import base

from config.embedded import server


class DatabaseWrapper(base.DatabaseWrapper):
    """The ordinary backend; only the host is found out late, from the embedded server."""

    def get_connection_params(self) -> dict[str, Any]:
        """Return psycopg's parameters, with the embedded server running."""
        return {**super().get_connection_params(), "host": server.socket_folder()}
