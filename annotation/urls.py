"""Pages of the notebook."""

from django.urls import include, path
from django.views.i18n import set_language

from annotation.views.appearance import set_theme
from annotation.views.consent import consent, join
from annotation.views.home import home
from annotation.views.mine import forget, me, mine
from annotation.views.others import others, others_finish
from annotation.views.profile import profile
from annotation.views.sheets import sheet, sheet_ahead, sheet_beat, sheet_draft, sheet_skip
from annotation.views.signin import signin, signin_link, signout
from annotation.views.training import training
from annotation.views.way import again, leave, part, thanks, welcome

way = [
    path("", part, name="part"),
    path("consent/", consent, name="consent"),
    path("welcome/", welcome, name="welcome"),
    path("profile/", profile, name="profile"),
    path("thanks/", thanks, name="thanks"),
    path("leave/", leave, name="leave"),
    path("others/", others, name="others"),
    path("others/finish/", others_finish, name="others_finish"),
    path("again/", again, name="again"),
    path("training/<int:pk>/", training, name="training"),
    path("sheets/<int:pk>/", sheet, name="sheet"),
    path("sheets/<int:pk>/draft/", sheet_draft, name="sheet_draft"),
    path("sheets/ahead/", sheet_ahead, name="sheet_ahead"),
    path("sheets/<int:pk>/beat/", sheet_beat, name="sheet_beat"),
    path("sheets/<int:pk>/skip/", sheet_skip, name="sheet_skip"),
]

urlpatterns = [
    path("", home, name="home"),
    path("join/<str:token>/", join, name="join"),
    path("me/<str:token>/", me, name="me"),
    path("mine/", mine, name="mine"),
    path("mine/forget/", forget, name="forget"),
    path("part/<slug:study>/", include(way)),
    path("signin/", signin, name="signin"),
    path("signin/<str:token>/", signin_link, name="signin_link"),
    path("signout/", signout, name="signout"),
    path("theme/", set_theme, name="set_theme"),
    path("language/", set_language, name="set_language"),
]
