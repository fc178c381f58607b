"""The figures an operator watches, in Prometheus' own form."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

REGISTRY = CollectorRegistry(auto_describe=True)
SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)

COMMIT_SECONDS = Histogram(
    "shopbell_commit_seconds",
    "Time from the begin of a commit group to its end",
    registry=REGISTRY,
    buckets=SECONDS,
)
COMMIT_GROUP = Histogram(
    "shopbell_commit_group",
    "Pieces of work that shared one commit",
    registry=REGISTRY,
    buckets=(1, 2, 5, 10, 20, 50, 100, 200),
)
WRITES_WAITING = Gauge(
    "shopbell_writes_waiting", "Writes waiting for the database", registry=REGISTRY
)
SOCKETS = Gauge("shopbell_sockets", "Open sockets", registry=REGISTRY)
SOCKETS_CLOSED = Counter(
    "shopbell_sockets_closed", "Sockets closed by us, by code", ["code"], registry=REGISTRY
)
REFUSED = Counter(
    "shopbell_refused", "Refusals given, by door and code", ["door", "code"], registry=REGISTRY
)
FAILED = Counter("shopbell_failed", "Unexpected failures, by door", ["door"], registry=REGISTRY)
APPENDED = Counter(
    "shopbell_appended", "Entries appended to threads, by type", ["type"], registry=REGISTRY
)
RESUMED = Histogram(
    "shopbell_resume_gap",
    "Entries missed by a page that came back",
    registry=REGISTRY,
    buckets=(0, 1, 5, 20, 100, 300, 1_000),
)
EVENT_AGE = Histogram(
    "shopbell_event_age_seconds",
    "Age of an entry when it was handed to the open pages of this process",
    registry=REGISTRY,
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 6.0, 30.0),
)
QUEUE_DEPTH = Gauge(
    "shopbell_queue_depth", "Frames that wait for the slowest open page", registry=REGISTRY
)
HEAD_MISSES = Counter(
    "shopbell_head_misses",
    "Streams whose open pages had missed an entry until the database was asked",
    registry=REGISTRY,
)
LOOP_STALL = Histogram(
    "shopbell_loop_stall_seconds",
    "How late the event loop was",
    registry=REGISTRY,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0),
)
LOOP_LONGEST = Gauge(
    "shopbell_loop_longest_stall_seconds",
    "The longest time the event loop was late since the start",
    registry=REGISTRY,
)
LOOP_BUSIEST = Gauge(
    "shopbell_loop_longest_work_seconds",
    "The most that this process worked while its event loop was late, since the start",
    registry=REGISTRY,
)
BROKER_UP = Gauge(
    "shopbell_broker_up", "Whether other processes can be heard and told", registry=REGISTRY
)
LETTERS = Counter(
    "shopbell_letters",
    "Letters between processes, by what became of them",
    ["what"],
    registry=REGISTRY,
)
MAILS = Counter("shopbell_mails", "Letters that arrived, by their way", ["way"], registry=REGISTRY)
MAILBOX_READ = Gauge(
    "shopbell_mailbox_read",
    "Whether this process reads the mailbox; one of all does",
    registry=REGISTRY,
)
DEADLINE_LAG = Histogram(
    "shopbell_deadline_lag_seconds",
    "How late deadlines fired",
    registry=REGISTRY,
    buckets=(0.1, 0.25, 0.5, 1.0, 2.5, 10, 60),
)
JOBS = Counter(
    "shopbell_jobs", "Jobs done, by kind and outcome", ["kind", "outcome"], registry=REGISTRY
)
SEARCH_LAG = Gauge(
    "shopbell_search_lag_seconds",
    "Age of the oldest entry that cannot be found yet",
    registry=REGISTRY,
)
REPORT_LAG = Gauge(
    "shopbell_report_lag_seconds",
    "Age of the oldest entry that is not counted in reports yet",
    registry=REGISTRY,
)
VITAL = Gauge(
    "shopbell_vital",
    "Figures of the page of health, in seconds, bytes, shares or numbers of things",
    ["name"],
    registry=REGISTRY,
)
SEARCHABLE = Counter(
    "shopbell_search_indexed", "Entries made ready to be found by this process", registry=REGISTRY
)
ASSISTED = Counter(
    "shopbell_assistants",
    "Times assistants were asked, by outcome",
    ["who", "what"],
    registry=REGISTRY,
)
ASSISTED_SECONDS = Histogram(
    "shopbell_assistants_seconds",
    "How long assistants took to answer",
    ["who"],
    registry=REGISTRY,
    buckets=(0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10, 20, 40),
)
ASSISTED_TOKENS = Counter(
    "shopbell_assistants_tokens",
    "What assistants were given to read and write, in tokens",
    ["who"],
    registry=REGISTRY,
)
TRANSLATION_LAG = Histogram(
    "shopbell_translation_lag_seconds",
    "From the wish for a translation to its being there",
    registry=REGISTRY,
    buckets=(0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10, 30, 60),
)
UNKNOWN_CODES = Counter(
    "shopbell_tracking_unknown_codes",
    "Words of carriers that no vocabulary has, by carrier",
    ["carrier"],
    registry=REGISTRY,
)


def exposition() -> bytes:
    """Return all figures as Prometheus reads them."""
    return generate_latest(REGISTRY)
