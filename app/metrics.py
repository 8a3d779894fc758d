"""The Prometheus counters. No label ever carries a name, a key or an address."""

from prometheus_client import (
    GC_COLLECTOR,
    PLATFORM_COLLECTOR,
    PROCESS_COLLECTOR,
    REGISTRY,
    Counter,
    Gauge,
    Histogram,
)

# Every name starts with `cheerboard_`: what a process is made of, its host's exporter knows.
for _stranger in (GC_COLLECTOR, PLATFORM_COLLECTOR, PROCESS_COLLECTOR):
    REGISTRY.unregister(_stranger)

deliveries = Counter("cheerboard_deliveries", "Webhook deliveries by outcome.", ["outcome"])
answers = Counter("cheerboard_answers", "Answers stored, new ones only.")
drawn_after = Histogram(
    "cheerboard_delivery_to_screen_seconds",
    "Seconds from a delivery's arrival until its picture was offered to the last screen.",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 15, 60),
)
screens = Gauge("cheerboard_screens_connected", "Screens with an open socket.")
frames = Counter("cheerboard_frames_sent", "Frames handed to a socket.")
failed_parts = Counter(
    "cheerboard_failed_parts", "Parts of a picture that could not be drawn or were too large."
)
redraws = Counter("cheerboard_redraws", "Times a board was drawn.")
backlog = Gauge("cheerboard_backlog", "Deliveries kept and not yet processed.")
notices = Counter("cheerboard_notices", "Mails and webhooks to leads by outcome.", ["outcome"])
