"""Pages of the machine, for researchers."""

from django.urls import URLPattern, URLResolver, include, path

from personalization.views import (
    agreement,
    chat,
    design,
    endpoints,
    health,
    imports,
    plan,
    plan_sharing,
    runs,
    sheet_page,
    sheets_page,
    studies,
    study_home,
    study_people,
    study_settings,
    study_setup,
    tokens,
    votes,
    wait,
)

question = [
    path("agreement/", agreement.agreement, name="agreement"),
    path("agreement.json", agreement.agreement_json, name="agreement_json"),
    path("agreement.csv", agreement.agreement_csv, name="agreement_csv"),
    path("votes/", votes.votes, name="votes"),
    path("votes.csv", votes.votes_csv, name="votes_csv"),
    path("disagreements/", votes.disagreements, name="disagreements"),
]

study: list[URLPattern | URLResolver] = [
    path("", study_home.study, name="study"),
    path("retry/", study_home.study_retry, name="study_retry"),
    path("settings/", study_settings.study_settings, name="study_settings"),
    path("settings/models/", study_settings.study_models, name="study_models"),
    path("settings/close/", study_settings.study_close, name="study_close"),
    path("plan/", plan.study_plan, name="study_plan"),
    path("plan/open/", plan.study_plan_open, name="study_plan_open"),
    path("plan/share/", plan_sharing.study_share, name="study_share"),
    path("plan/share/back/", plan_sharing.study_share_back, name="study_share_back"),
    path("sheets/", sheets_page.study_sheets, name="study_sheets"),
    path("sheets/<int:pk>/", sheet_page.study_sheet, name="study_sheet"),
    path("sheets/<int:pk>/preview/", sheet_page.study_sheet_preview, name="study_sheet_preview"),
    path("sheets/<int:pk>/shown/", sheet_page.study_sheet_shown, name="study_sheet_shown"),
    path("sheets/<int:pk>/right/", sheet_page.study_sheet_right, name="study_sheet_right"),
    path("sheets/<int:pk>/use/", sheet_page.study_sheet_use, name="study_sheet_use"),
    path("sheets/<int:pk>/stratum/", sheet_page.study_sheet_stratum, name="study_sheet_stratum"),
    path("queries/", study_setup.study_queries, name="study_queries"),
    path("queries/<int:pk>/delete/", study_setup.study_query_delete, name="study_query_delete"),
    path("consent/", study_setup.study_consent, name="study_consent"),
    path("people/", study_people.people, name="people"),
    path("people/<int:pk>/release/", study_people.person_release, name="person_release"),
    path("invites/", study_people.invites, name="invites"),
    path("invites/<int:pk>/close/", study_people.invite_close, name="invite_close"),
    path("agreement/", agreement.study_agreement, name="study_agreement"),
    path("import/", imports.import_new, name="import_new"),
    path("items/<int:pk>/", votes.item, name="item"),
    path("runs/", runs.runs, name="runs"),
    path("runs/new/", runs.run_new, name="run_new"),
    path("runs/<int:pk>/", runs.run, name="run"),
    path("runs/<int:pk>/cancel/", runs.run_cancel, name="run_cancel"),
    path("runs/<int:pk>/again/", runs.run_again, name="run_again"),
    path("questions/<int:pk>/", include(question)),
]

way = [
    path("chat/", chat.chat, name="chat"),
    path("chat/again/", chat.chat_again, name="chat_again"),
    path("chat/finish/", chat.chat_finish, name="chat_finish"),
    path("wait/", wait.wait, name="wait"),
]

urlpatterns = [
    path("part/<slug:study>/", include(way)),
    path("studies/", studies.studies, name="studies"),
    path("new-study/", studies.study_new, name="study_new"),
    path("studies/<slug:name>/", include(study)),
    path("imports/<int:pk>/", imports.import_one, name="import"),
    path("design/", design.design, name="design"),
    path("api/v1/", include("personalization.api.urls")),
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/<slug:key>/revoke/", tokens.token_revoke, name="token_revoke"),
    path("endpoints/", endpoints.endpoints, name="endpoints"),
    path("new-endpoint/", endpoints.endpoint_new, name="endpoint_new"),
    path("endpoints/<slug:name>/", endpoints.endpoint, name="endpoint"),
    path("endpoints/<slug:name>/close/", endpoints.endpoint_close, name="endpoint_close"),
    path("endpoints/<slug:name>/test/", endpoints.endpoint_try, name="endpoint_try"),
    path(
        "endpoints/<slug:name>/test/<int:attempt>/", endpoints.endpoint_trial, name="endpoint_trial"
    ),
    path("health/", health.health, name="health"),
    path("healthz/", health.healthz, name="healthz"),
]
