"""A judge's worker among all workers at an endpoint; see personalization/runs/crew.py."""

from personalization.judge.leases import renew
from personalization.models import Endpoint, JudgeRun
from personalization.runs.crew import News, Share, Wish, share


def beat(run: JudgeRun, endpoint: Endpoint, worker: str, wish: Wish, news: News) -> Share:
    """Keep a worker's leases, tell the others what it saw, and return its share of the places."""
    renew(worker, wish.held)
    return share(run, endpoint, worker, wish, news)
