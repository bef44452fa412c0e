"""Celery with every task profiled under its name: celery -A celery_app worker

Its worker processes leave by os._exit, so that the last slice is written when Celery says so.

    build/statslice chart profiles.log --by label:task
"""
import os

import celery
import statslice
from celery import signals


class LabelledTask(celery.Task):
    """What runs in a task is profiled under the task's name."""

    def __call__(self, *args, **kwargs):
        with statslice.label(task=self.name):
            return super().__call__(*args, **kwargs)


app = celery.Celery("reports", task_cls=LabelledTask,
                    broker=os.environ.get("BROKER", "redis://127.0.0.1"))


@signals.worker_process_init.connect
def start_profiling(**_):
    statslice.start(os.environ.get("PROFILES", "profiles.log"), service="reports", slice=10)


@signals.worker_process_shutdown.connect
def stop_profiling(**_):
    statslice.stop(timeout=2)


@app.task
def count_primes(limit):
    return sum(all(number % factor for factor in range(2, number)) for number in range(2, limit))


@app.task
def add_up(limit):
    return sum(square(number) for number in range(limit))


def square(number):
    return number * number
