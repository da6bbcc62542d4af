"""What is wrong with a rejected attribute? (RH's error codes, with two of ours.)"""

from django.utils.translation import gettext_noop as _

from annotation.models.question import Kind, Level
from annotation.questions.kind import Answer, QuestionKind

ERROR_CODE = QuestionKind(
    kind=Kind.ERROR_CODE,
    level=Level.NOMINAL,
    wording=_("What is wrong with it?"),
    answers=(
        Answer("overgeneralized", _("It says too much")),
        Answer("no_evidence", _("Nothing in the conversation says so")),
        Answer("task_or_role_play", _("It is about a task or a role, not about the person")),
        Answer("not_standalone", _("It cannot be understood by itself")),
        Answer("sensitive", _("It is too private, or unwanted")),
        Answer("out_of_date", _("It is not true any more")),
    ),
    subject="attribute",
)
