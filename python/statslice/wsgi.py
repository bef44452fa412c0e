"""Labels for the requests of a WSGI application.

::

    from statslice.wsgi import Middleware

    app = Middleware(app)                       # any WSGI application
    app.wsgi_app = Middleware(app.wsgi_app)     # Flask
"""
from __future__ import annotations

from . import _routes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterator, Optional

    from ._labels import label

__all__ = ["Middleware"]


class _Body:
    """The body of a response, whose code runs under the request's labels."""

    def __init__(self, body: Any, labels: label) -> None:
        self._body = body
        self._labels = labels
        self._next: Any = None

    def __iter__(self) -> Iterator[bytes]:
        with self._labels:
            self._next = iter(self._body).__next__
        return self

    def __next__(self) -> bytes:
        with self._labels:
            return self._next()

    def close(self) -> None:
        close = getattr(self._body, "close", None)
        if close is not None:
            with self._labels:
                close()


def _path_of(environ: Dict[str, Any]) -> str:
    """The path as text; PEP 3333 has its bytes as latin-1."""
    path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
    return path.encode("latin-1", "replace").decode("utf-8", "replace") or "/"


def _told(environ: Dict[str, Any]) -> Optional[str]:
    """What werkzeug leaves behind when it has found the route."""
    rule = getattr(environ.get("werkzeug.request"), "url_rule", None)
    return _routes.template_of(getattr(rule, "rule", None))


def _unknown(environ: Any) -> None:
    return None


class Middleware:
    """Middleware(app, *, route=None, routes_max=200, **labels)

    Each request runs under the labels ``route`` and ``method``, its body included.

    route: a function of the environ that gives the route, or None where it has none to give.
    Without it: the template that Flask's or Django's router has for the path; else the path with
    numbers, dates, uuids, hashes and tokens folded.
    routes_max: how many routes are told apart; the rest is "(other)". labels: others to set.
    """

    def __init__(self, app: Any, *, route: Optional[Callable[[Any], Optional[str]]] = None,
                 routes_max: int = 200, **labels: Any) -> None:
        self.app = app
        ask = route or _routes.of_werkzeug(app) or _routes.of_django(app) or _unknown
        self._routes = _routes.Routes(ask, route is None, routes_max, labels)

    def __call__(self, environ: Dict[str, Any], start_response: Any) -> Any:
        method, path = environ["REQUEST_METHOD"], _path_of(environ)
        labels = self._routes.label_of(environ, method, path)
        with labels:
            body = self.app(environ, start_response)
        self._routes.learn(method, path, _told(environ))
        if type(body) in (list, tuple) or _is_file(body, environ):
            return body  # none of the program's code runs for it, and servers know these
        return _Body(body, labels)


def _is_file(body: Any, environ: Dict[str, Any]) -> bool:
    """Whether the server made it of a file, to send that by itself."""
    wrapper = environ.get("wsgi.file_wrapper")
    return isinstance(wrapper, type) and isinstance(body, wrapper)
