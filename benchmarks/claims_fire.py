"""One storm in a database of its own: build, fight, calm down, and count what must not be."""

import os
import re
import sys
import threading
import time
from pathlib import Path

from django.conf import settings

from annotation import counters, nothing
from annotation.models import Enrollment
from annotation.nothing import Reason
from benchmarks.claims_web import People, Web
from tests.fire import checks
from tests.fire.crowd import Crowd
from tests.fire.servers import Direct, Server, Servers
from tests.fire.trouble import Trouble
from tests.fire.world import build

OWNERS, STRANGERS = 20, 60
QUOTA = 3  # at the end; one less at first
LINE = "{:<66}{:>10}\n"
# What PostgreSQL writes where two transactions were in each other's way.
CLASHES = re.compile(r"deadlock detected|could not serialize|canceling statement", re.I)
FAULT = re.compile(r"(?:ERROR|FATAL|PANIC):.*")


def main(cycles: int, processes: int, seed: int, log: str, web: bool) -> None:
    """Run a storm, print the table, and end with status 1 where anything is not as it must be."""
    # Owners that leave take their sheets along, people that leave give their places back.
    world = build(int(cycles * 1.05) // QUOTA + 1, OWNERS, STRANGERS, QUOTA - 1, seed)
    folder = Path(settings.DATA_DIR)
    logs = [folder / f"server-{number}.log" for number in range(processes)]
    people = People()
    running: list[Server] = [Web(log, people) if web else Direct(log, os.environ) for log in logs]
    servers = Servers(running, seed)
    crowd = Crowd(world, servers, seed)
    trouble = Trouble(crowd, servers, cycles, QUOTA, seed)
    mess = threading.Thread(target=trouble.run)
    begun = time.monotonic()
    try:
        mess.start()
        try:
            crowd.storm(cycles, 2 * processes)
        finally:
            seconds = time.monotonic() - begun
            trouble.over.set()
            mess.join()
        stormed = crowd.cycles
        trouble.calm()
        while crowd.finish(processes):
            checks.later(world.study.pk)
    finally:
        servers.stop()
    told = _told(crowd, trouble, servers, stormed, seconds)
    wrong = _wrong(crowd, servers, Path(log))
    for name, value in told.items():
        write(LINE.format(name, value))
    write("\nmust be 0:\n")
    for name, count in wrong.items():
        write(LINE.format(name, count))
    for text in [*servers.errors[:5], *map(str, crowd.contradictions[:5])]:
        write(f"    {text}\n")
    sys.exit(1 if any(wrong.values()) else 0)


def _told(
    crowd: Crowd, trouble: Trouble, servers: Servers, cycles: int, seconds: float
) -> dict[str, str]:
    """Return what happened."""
    study, counts = crowd.world.study.pk, crowd.counts
    lapses = dict(
        checks.rows(
            "SELECT why, count(*) FROM annotation_lapse p JOIN annotation_sheet h"
            " ON h.id = p.sheet_id WHERE h.study_id = %(study)s GROUP BY why ORDER BY why",
            {"study": study},
        )
    )
    late = sum(one.in_time is False for one in crowd.journal.values())
    surplus = checks.rows(
        "SELECT count(DISTINCT (j.rater_id, i.sheet_id)) FROM annotation_judgment j"
        " JOIN annotation_item i ON i.id = j.item_id"
        " WHERE i.study_id = %(study)s AND j.use = 'surplus'",
        {"study": study},
    )[0][0]
    shown: dict[str, object] = {
        "cycles under fire (a sheet claimed and sent)": cycles,
        "seconds": round(seconds, 1),
        "cycles per second": round(cycles / seconds, 1),
        "cycles afterwards, until nothing is left": crowd.cycles - cycles,
        "servers killed": servers.kills,
        "requests without an answer (sent again)": counts["unanswered"],
        "leases whose time was let over": trouble.counts["expiries"],
        "double posts": counts["double posts"],
        "replays answered as the first time": counts["replays"],
        "late answers (the place was somebody else's)": late,
        "sheets sent as surplus: late, or of an owner who had left": surplus,
        "skips": counts["skipped"],
        "flags": counts["flagged"],
        "flags of one sheet at one moment": trouble.counts["flags at once"],
        "withdrawals, by twos": trouble.counts["withdrawals"],
        "drafts, heartbeats, claims ahead": f"{counts['draft']}, {counts['beat']}, {counts['ahead']}",
        "claims that found nothing": counts["nothing"],
        "quota raised": "yes" if trouble.raised else "NO",
        **{f"lapses: {why}": count for why, count in lapses.items()},
        **{f"refused: {what}": count for what, count in sorted(crowd.refusals.items())},
    }
    return {
        name: f"{value:,}" if isinstance(value, int) else str(value)
        for name, value in shown.items()
    }


def _wrong(crowd: Crowd, servers: Servers, log: Path) -> dict[str, int]:
    """Return what must not have happened, with how often it did."""
    study = crowd.world.study.pk
    said = log.read_text(errors="replace")
    living = [one for one in crowd.world.strangers if one not in crowd.left]
    return {
        **checks.faults(study, QUOTA),
        "answers that were taken and are lost": len(checks.lost(study, crowd.journal.values())),
        "answers that were taken twice, differently": len(crowd.contradictions),
        "refused to people who had been given the place": sum(
            count for what, count in crowd.refusals.items() if what.endswith("not_theirs")
        ),
        "people who find nothing though a place is free for them": sum(
            bool(checks.free(study, one)) for one in living
        ),
        "people who find nothing and are told a wrong reason": _wrong_reasons(crowd),
        "kept numbers that are not what is counted (check_counters)": len(
            counters.check(crowd.world.study)
        ),
        "faults of living servers (5xx)": len(servers.errors),
        "deadlocks and serialization errors in the database's log": len(CLASHES.findall(said)),
        "other errors in the database's log": len(
            [line for line in FAULT.findall(said) if not CLASHES.search(line)]
        ),
    }


def _wrong_reasons(crowd: Crowd) -> int:
    """Return how many who find nothing are told that they are done, or that there is nothing yet."""
    living = Enrollment.objects.filter(pk__in=crowd.world.strangers, withdrawn_at=None)
    told = [nothing.why(one).reason for one in living.select_related("study")]
    return sum(reason not in (Reason.QUOTA, Reason.EXCLUDED, Reason.WAITING) for reason in told)


def write(text: str) -> None:
    """Print without delay."""
    sys.stdout.write(text)
    sys.stdout.flush()
