"""Pages of the notebook."""

from django.urls import path
from django.views.i18n import set_language

from annotation.views.appearance import set_theme
from annotation.views.home import home
from annotation.views.signin import signin, signin_link, signout

urlpatterns = [
    path("", home, name="home"),
    path("signin/", signin, name="signin"),
    path("signin/<str:token>/", signin_link, name="signin_link"),
    path("signout/", signout, name="signout"),
    path("theme/", set_theme, name="set_theme"),
    path("language/", set_language, name="set_language"),
]
