"""What a step takes: milliseconds, and memory beyond what its data hold."""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
# So many runs, or as many as fit into so many seconds.
RUNS, SECONDS = 7, 4.0


@dataclass(frozen=True, slots=True)
class Measured:
    """Median milliseconds, the most megabytes held beside the data, and the process's peak."""

    ms: float
    megabytes: float
    peak: float
    said: str = ""


def measure(step: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> Measured:
    """Run a step several times in this process.

    clock: the processor's (`time.process_time`) hardly notices what else the machine does, and does
    not count what other processes do for the step.
    """
    held, begun = _begin(), clock()
    result = step()
    times = [clock() - begun]
    peak = _peak()
    said = result if isinstance(result, str) else ""
    del result
    if times[0] < SECONDS:
        # The first run pays for what is only done once.
        times = []
        until = time.perf_counter() + SECONDS
        while len(times) < RUNS and (not times or time.perf_counter() < until):
            begun = clock()
            step()
            times.append(clock() - begun)
    return Measured(1000 * median(times), max(0.0, peak - held), peak, said)


def child(*arguments: str) -> Measured:
    """Run Python with these arguments, on one core: something of ours that ends by `answer`."""
    done = subprocess.run(  # noqa: S603 - our own modules
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        check=True,
    )
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


def answer(found: Measured) -> None:
    """Tell the parent process."""
    sys.stdout.write(json.dumps(asdict(found)) + "\n")


def _begin() -> float:
    """Return the megabytes held now, and forget about earlier peaks where the system can."""
    if not STATUS.exists():
        return _peak()
    CLEAR.write_text("5")
    return _status("VmRSS")


def _peak() -> float:
    if STATUS.exists():
        return _status("VmHWM")
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def _status(name: str) -> float:
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) / 1024
