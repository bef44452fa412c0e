"""A WSGI service that is profiled all the time, its requests told apart by route and method.

    PYTHONPATH=build/python python3 examples/wsgi_app.py                # serves on 127.0.0.1:8600
    PYTHONPATH=build/python:examples gunicorn -c examples/gunicorn_conf.py wsgi_app:app

    build/statslice chart profiles.log --by label:route                # which route took the time
    build/statslice chart profiles.log --where route=/primes/{number}  # and in which functions
"""
import argparse
import json

import statslice
from statslice.wsgi import Middleware


def primes_below(limit):
    found = []
    for number in range(2, limit):
        if is_prime(number, found):
            found.append(number)
    return found


def is_prime(number, smaller_primes):
    for prime in smaller_primes:
        if prime * prime > number:
            return True
        if number % prime == 0:
            return False
    return True


def report():
    """Parts of a response that are computed one after the other."""
    for limit in (500, 1000, 2000):
        yield json.dumps({"below": limit, "count": len(primes_below(limit))}).encode() + b"\n"


def service(environ, start_response):
    path = environ["PATH_INFO"].strip("/").split("/")
    status, body = "200 OK", [b"primes\n"]
    if path[0] == "primes" and path[-1].isdecimal():
        body = [json.dumps(primes_below(min(int(path[-1]), 10000))).encode()]
    elif path[0] == "report":
        body = report()
    elif path[0]:
        status, body = "404 Not Found", [b"not here\n"]
    start_response(status, [("Content-Type", "text/plain")])
    return body


app = Middleware(service)


def main():
    from wsgiref.simple_server import make_server

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8600)
    parser.add_argument("--log", default="profiles.log")
    parser.add_argument("--requests", type=int, help="end after so many; never by default")
    options = parser.parse_args()
    statslice.start(options.log, service="primes", slice=10, rotate_size="64MB")
    with make_server("127.0.0.1", options.port, app) as server:
        print("http://127.0.0.1:%d/primes/100" % server.server_port, flush=True)
        served = 0
        while options.requests is None or served < options.requests:
            server.handle_request()
            served += 1


if __name__ == "__main__":
    main()
