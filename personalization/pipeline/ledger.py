"""What a run of an arm has done, minute by minute; see personalization/runs/ledger.py."""

from personalization.runs.ledger import Live, Totals, live, totals

__all__ = ["Live", "Totals", "live", "totals"]
