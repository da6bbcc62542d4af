"""The nouns of the machine: endpoints, calls, work, runs, verdicts, imports."""

from personalization.models.call import ModelCall
from personalization.models.endpoint import Endpoint, StepModel
from personalization.models.extraction import Extracted, Extraction
from personalization.models.generation import Generation
from personalization.models.label_import import BadLine, LabelImport
from personalization.models.pairing import Pairing
from personalization.models.reply import Reply
from personalization.models.report import AgreementPatterns, AgreementReport
from personalization.models.run import JudgeRun
from personalization.models.token import ApiToken
from personalization.models.verdict import Verdict

__all__ = [
    "AgreementPatterns",
    "AgreementReport",
    "ApiToken",
    "BadLine",
    "Endpoint",
    "Extracted",
    "Extraction",
    "Generation",
    "JudgeRun",
    "LabelImport",
    "ModelCall",
    "Pairing",
    "Reply",
    "StepModel",
    "Verdict",
]
