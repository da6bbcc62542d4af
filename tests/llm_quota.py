"""What the fake server of tests/llm_server.py allows in a minute, and what it says of it."""

import threading
import time

MINUTE = 60.0


class _Bucket:
    """An amount of a minute that comes back evenly; never more at once than its burst."""

    def __init__(self, per_minute: float, burst: float) -> None:
        self.per_minute = per_minute
        self.most = max(per_minute * burst, 1.0)
        self.level, self.at = self.most, time.monotonic()

    def refill(self) -> None:
        now = time.monotonic()
        self.level = min(self.level + (now - self.at) * self.per_minute / MINUTE, self.most)
        self.at = now

    def seconds_to(self, level: float) -> float:
        lacking = min(level, self.most) - self.level
        return max(lacking, 0.0) * MINUTE / self.per_minute


class Quota:
    """Limits of requests and tokens for all who ask; None: there is none of this kind."""

    def __init__(
        self, requests_per_minute: float | None, tokens_per_minute: float | None, burst: float
    ) -> None:
        given = {"requests": requests_per_minute, "tokens": tokens_per_minute}
        self._buckets = {
            kind: _Bucket(amount, burst) for kind, amount in given.items() if amount is not None
        }
        self._lock = threading.Lock()

    def ask(self, tokens: float) -> float | None:
        """Take a request in that is so long; or return how many seconds it should have waited."""
        with self._lock:
            waits = [0.0]
            for kind, bucket in self._buckets.items():
                bucket.refill()
                waits.append(bucket.seconds_to(1.0 if kind == "requests" else tokens))
            if max(waits) > 0:
                return max(waits)
            self._take(requests=1.0, tokens=tokens)
            return None

    def answered(self, tokens: float) -> None:
        """Count what was written as well."""
        with self._lock:
            self._take(tokens=tokens)

    def _take(self, **amounts: float) -> None:
        for kind, amount in amounts.items():
            if kind in self._buckets:
                self._buckets[kind].level -= amount

    def headers(self) -> dict[str, str]:
        """Return what goes out with each answer, as OpenAI's servers say it."""
        said: dict[str, str] = {}
        with self._lock:
            for kind, bucket in self._buckets.items():
                bucket.refill()
                said |= {
                    f"x-ratelimit-limit-{kind}": f"{bucket.per_minute:.0f}",
                    f"x-ratelimit-remaining-{kind}": f"{max(int(bucket.level), 0)}",
                    f"x-ratelimit-reset-{kind}": duration(bucket.seconds_to(bucket.most)),
                }
        return said


def duration(seconds: float) -> str:
    """Return a time as Go writes it: 6m0s, 1.5s, 20ms."""
    if seconds < 1:
        return f"{seconds * 1000:.0f}ms"
    minutes, rest = divmod(seconds, MINUTE)
    return (f"{minutes:.0f}m" if minutes else "") + f"{rest:.3f}".rstrip("0").rstrip(".") + "s"
