"""The beat timetable as data: what the clock starts, and how often (seconds).

Every entry expires after its own period, so that a queue that stood still does not replay hours
of ticks when it moves again; the tables, not the queue, say what is due.
"""

PERIODS: dict[str, tuple[str, float]] = {
    # name: (task, every so many seconds)
    "note that the clock ticks": ("mediaops.tasks.note_beat", 5),
    "mail new notices": ("mediaops.tasks.mail_notices", 5),
    "tell group chats": ("mediaops.tasks.say_in_chats", 3),
    "drop old API answers": ("mediaops.tasks.sweep_answers", 3600),
    "drop ended sessions": ("mediaops.tasks.clear_sessions", 6 * 3600),
    "send answers": ("platforms.tasks.send_replies", 2),
    "find stuck answers": ("platforms.tasks.sweep_replies", 10),
    "pull posts and messages": ("platforms.tasks.sync_accounts", 10),
    "check accounts": ("platforms.tasks.check_accounts", 30),
    "publish what is due": ("content.tasks.publish_due", 1),
    "find out about doubts": ("content.tasks.settle_doubts", 2),
    "tell of troubles": ("content.tasks.tell_troubles", 5),
    "push what is posted by hand": ("content.tasks.push_by_hand", 20),
    "tell of dead accounts": ("content.tasks.tell_of_accounts", 60),
    "pull figures": ("analytics.tasks.collect_due", 15),
    "make weekly reports": ("analytics.tasks.make_reports", 60),
    "mail reports": ("analytics.tasks.mail_reports", 15),
}


def beat_schedule() -> dict[str, dict[str, object]]:
    """Return the timetable in Celery's shape."""
    return {
        name: {"task": task, "schedule": every_s, "options": {"expires": max(every_s, 2)}}
        for name, (task, every_s) in PERIODS.items()
    }
