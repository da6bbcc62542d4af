"""The nouns of the machine: endpoints, calls, work, runs, verdicts, imports."""

from personalization.models.call import ModelCall
from personalization.models.endpoint import Crew, Endpoint, Price, Pulse, StepModel
from personalization.models.extraction import Extracted, Extraction
from personalization.models.generation import Generation
from personalization.models.label_import import BadLine, LabelImport
from personalization.models.pairing import Pairing
from personalization.models.prompt_version import PromptVersion
from personalization.models.reply import Reply
from personalization.models.report import AgreementPatterns, AgreementReport
from personalization.models.run import JudgeRun, Ledger
from personalization.models.token import ApiToken
from personalization.models.verdict import Verdict

__all__ = [
    "AgreementPatterns",
    "AgreementReport",
    "ApiToken",
    "BadLine",
    "Crew",
    "Endpoint",
    "Extracted",
    "Extraction",
    "Generation",
    "JudgeRun",
    "LabelImport",
    "Ledger",
    "ModelCall",
    "Pairing",
    "Price",
    "PromptVersion",
    "Pulse",
    "Reply",
    "StepModel",
    "Verdict",
]
