"""Bring database, translations and static files up to date; each is quick when nothing is new.

`config.run` starts this as a process of its own, so that a start can be stopped at any moment.
"""

import os
import sys

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command


def main() -> int:
    """Do what every start needs; return the exit status."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        django.setup()
        call_command("migrate", verbosity=0, interactive=False)
        call_command("catalogue", "--compile")
        call_command("collectstatic", verbosity=0, interactive=False)
        call_command("endpoints", verbosity=0)
        call_command("demo", link=False)
    except ImproperlyConfigured as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
