"""The nouns of the machine: calls, extractions, runs, verdicts, imports."""

from personalization.models.call import ModelCall
from personalization.models.extraction import Extraction
from personalization.models.label_import import BadLine, LabelImport
from personalization.models.report import AgreementReport
from personalization.models.run import JudgeRun
from personalization.models.verdict import Verdict

__all__ = [
    "AgreementReport",
    "BadLine",
    "Extraction",
    "JudgeRun",
    "LabelImport",
    "ModelCall",
    "Verdict",
]
