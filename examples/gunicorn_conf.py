"""gunicorn with every worker profiled: gunicorn -c examples/gunicorn_conf.py wsgi_app:app

Each worker writes its own profiles, told apart by the label pid; all append to one log.

    build/statslice chart profiles.log --by label:pid
"""
import os

import statslice

bind = os.environ.get("BIND", "127.0.0.1:8600")
workers = 4


def post_fork(server, worker):
    """In each worker that is born. (Where the master has started already, its workers go on.)"""
    if not statslice.status()["running"]:
        statslice.start(os.environ.get("PROFILES", "profiles.log"), service="primes", slice=10)


def worker_exit(server, worker):
    """A worker that is told to end: write its last slice while there is time."""
    statslice.stop(timeout=2)
