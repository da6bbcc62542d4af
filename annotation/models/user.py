"""Staff accounts. Crowdworkers are Participants and never need one."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from annotation.models.constraints import one_of


class UserRole(models.TextChoices):
    """What an account may do; rules over it live in annotation/permissions.py."""

    RESEARCHER = "researcher", _("Researcher")
    ADMIN = "admin", _("Admin")


class User(AbstractUser):
    """A researcher or an admin, who signs in by a one-time link."""

    role = models.TextField(choices=UserRole.choices, default=UserRole.RESEARCHER)

    class Meta:
        constraints = [one_of("role", UserRole, "user_role_known")]
