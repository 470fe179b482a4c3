"""The worker process: hears the doorbell, works off the outbox, sweeps each minute, ends cleanly on a signal."""

from __future__ import annotations

import signal
from types import FrameType

from huey.consumer import Consumer

from core.jobs.queue import Queue

LONGEST_WAIT = 1.0  # seconds between two looks at the queue when it has been quiet
TIME_TO_END = 20  # seconds that the row in hand may still take


class Worker(Consumer):
    """Huey's consumer, except that both SIGTERM and SIGINT mean: finish the row in hand and go."""

    queue: Queue

    def _set_signal_handlers(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)

    def _end(self, number: int, _frame: FrameType | None) -> None:
        self.queue.stopping.set()
        self._signum, self._graceful = number, True


def run(queue: Queue) -> None:
    """Serve until SIGTERM or SIGINT; what is not done by then waits in the outbox."""
    worker = Worker(
        queue.huey, workers=1, initial_delay=0.1, max_delay=LONGEST_WAIT, shutdown_timeout=TIME_TO_END
    )
    worker.queue = queue
    queue.ring()
    worker.run()
