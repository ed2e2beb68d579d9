"""The beat timetable as data: what the clock starts, and how often (seconds).

Every entry expires after its own period, so that a queue that stood still does not replay hours
of ticks when it moves again; the tables, not the queue, say what is due.
"""

PERIODS: dict[str, tuple[str, float]] = {
    # name: (task, every so many seconds)
    "publish what is due": ("content.tasks.publish_due", 1),
}


def beat_schedule() -> dict[str, dict[str, object]]:
    """Return the timetable in Celery's shape."""
    return {
        name: {"task": task, "schedule": every_s, "options": {"expires": max(every_s, 2)}}
        for name, (task, every_s) in PERIODS.items()
    }
