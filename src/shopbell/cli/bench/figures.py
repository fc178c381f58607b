"""The figures that all measurements with pages have, beside their own."""

from msgspec import Struct


class Floor(Struct, frozen=True):
    """The processor's microseconds for what no house can do without."""

    echo_cpu_us: float
    insert_cpu_us: float

    @property
    def cpu_us(self) -> float:
        """Return both."""
        return self.echo_cpu_us + self.insert_cpu_us


class Seen(Struct, frozen=True):
    """What was seen from beginning to end; the judge's rules that were broken, and by what."""

    acknowledged: int
    refused: int
    violations: dict[str, list[str]]
    longest_stall_ms: float
    longest_work_ms: float


class Judged(Struct, frozen=True, kw_only=True):
    """The figures of a measurement that was judged."""

    floor: Floor
    seen: Seen
