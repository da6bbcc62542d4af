"""Pages of the machine, for researchers."""

from django.urls import URLPattern, URLResolver, include, path

from personalization.views import agreement, design, imports, studies, votes

question = [
    path("agreement/", agreement.agreement, name="agreement"),
    path("agreement.json", agreement.agreement_json, name="agreement_json"),
    path("agreement.csv", agreement.agreement_csv, name="agreement_csv"),
    path("votes/", votes.votes, name="votes"),
    path("votes.csv", votes.votes_csv, name="votes_csv"),
    path("disagreements/", votes.disagreements, name="disagreements"),
]

study: list[URLPattern | URLResolver] = [
    path("", studies.study, name="study"),
    path("agreement/", agreement.study_agreement, name="study_agreement"),
    path("import/", imports.import_new, name="import_new"),
    path("items/<int:pk>/", votes.item, name="item"),
    path("questions/<int:pk>/", include(question)),
]

urlpatterns = [
    path("studies/", studies.studies, name="studies"),
    path("new-study/", studies.study_new, name="study_new"),
    path("studies/<slug:name>/", include(study)),
    path("imports/<int:pk>/", imports.import_one, name="import"),
    path("design/", design.design, name="design"),
]
