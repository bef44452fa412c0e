"""What a request is called in labels: its route's template and its method, bounded in number."""
from __future__ import annotations

import re
import threading

from ._labels import label

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional, Tuple

    Router = Callable[[Any], Optional[str]]  # takes the environ or the scope

METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT",
                     "WEBSOCKET"))
OTHER = "(other)"  # routes over the limit, methods that are none
NO_ROUTE = "(none)"  # the framework's router has none for it

_PATHS_MAX = 4096  # paths whose route is remembered
_PATH_LEN_MAX = 512
_FOLDS = (
    (re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"), "{uuid}"),
    (re.compile(r"[+-]?[0-9]+(?:[.,:_-][0-9]+)*"), "{number}"),
    (re.compile(r"(?=[^/]*[0-9])[0-9a-fA-F]{12,}"), "{hash}"),
    (re.compile(r"(?=[^/]*[0-9])[0-9A-Za-z_=~-]{20,}|[^/]{65,}"), "{token}"),
)


def _folded_segment(segment: str) -> str:
    for pattern, name in _FOLDS:
        if pattern.fullmatch(segment):
            return name
    return segment


def fold(path: str) -> str:
    """A path with its numbers, dates, uuids, hashes and tokens as placeholders."""
    cut = path[:_PATH_LEN_MAX]
    return "/".join([_folded_segment(segment) for segment in cut.split("/")]) or "/"


class Routes:
    """Gives each request its labels.

    ask: gives a request's route before it runs; None: it knows none. depends_on_path: on nothing
    else, so that the answer can be kept. routes_max: how many routes are told apart.
    """

    def __init__(self, ask: Callable[[Any], Optional[str]], depends_on_path: bool,
                 routes_max: int, fixed: Dict[str, Any]) -> None:
        self._ask = ask
        self._depends_on_path = depends_on_path
        self._routes_max = routes_max
        self._fixed = fixed
        self._lock = threading.Lock()
        self._route_of: Dict[Tuple[str, str], str] = {}  # (method, path): template
        self._labels: Dict[Tuple[str, str], label] = {}  # (method, route)
        self._routes = {OTHER, NO_ROUTE}

    def label_of(self, request: Any, method: str, path: str) -> label:
        """The labels of a request that begins."""
        if method not in METHODS:
            method = OTHER
        route = self._route_of.get((method, path))
        if route is None:
            route = self._asked(request)
            if route is None:
                route = fold(path)
            elif self._depends_on_path:
                self._remember(method, path, route)
        return self._labels.get((method, route)) or self._new_label(method, route)

    def _asked(self, request: Any) -> Optional[str]:
        try:
            route = self._ask(request)
            return None if route is None else str(route)
        except Exception:  # the request goes before
            return None

    def learn(self, method: str, path: str, route: Optional[str]) -> None:
        """What the framework said of a request that ran, for the next one of that path."""
        if route is None or not self._depends_on_path or method not in METHODS:
            return
        if (method, path) not in self._route_of:
            self._remember(method, path, route)

    def _remember(self, method: str, path: str, route: str) -> None:
        with self._lock:
            if len(self._route_of) >= _PATHS_MAX:
                self._route_of.clear()
            if len(path) <= _PATH_LEN_MAX:
                self._route_of[method, path] = route

    def _new_label(self, method: str, route: str) -> label:
        with self._lock:
            if route not in self._routes:
                if len(self._routes) - 2 >= self._routes_max:
                    route = OTHER
                self._routes.add(route)
            made = self._labels.get((method, route))
            if made is None:
                made = label(**self._fixed, route=route, method=method)
                self._labels[method, route] = made
        return made


# --- asking frameworks; each: None where it is not that framework's ---


def template_of(value: Any) -> Optional[str]:
    return value if isinstance(value, str) and value else None


def _inner(app: Any) -> List[Any]:
    """The application and what it wraps, as far as that shows."""
    found: List[Any] = []
    while app is not None and app not in found and len(found) < 32:
        found.append(app)
        app = getattr(app, "__self__", None) or getattr(app, "app", None)
    return found


def of_werkzeug(app: Any) -> Optional[Router]:
    """Flask, and whatever has a werkzeug map of rules as its url_map."""
    for part in _inner(app):
        url_map = getattr(part, "url_map", None)
        if hasattr(url_map, "bind_to_environ"):
            return lambda environ: _werkzeug_route(url_map, environ)
    return None


def _werkzeug_route(url_map: Any, environ: Any) -> Optional[str]:
    try:
        rule, _ = url_map.bind_to_environ(environ).match(return_rule=True)
    except Exception:  # not found, a wrong method, a redirect
        return NO_ROUTE
    return template_of(getattr(rule, "rule", None))


def of_django(app: Any) -> Optional[Router]:
    """Django's handlers, WSGI and ASGI."""
    for part in _inner(app):
        if type(part).__module__.startswith("django.core.handlers."):
            return _django_route
    return None


def _django_route(request: Any) -> Optional[str]:
    from django.urls import Resolver404, resolve  # type: ignore[import]

    path = request.get("PATH_INFO") or request.get("path") or "/"
    try:
        return "/" + resolve(path).route
    except Resolver404:
        return NO_ROUTE


def of_starlette(app: Any) -> Router:
    """Starlette and FastAPI: a list of routes, each of which says whether it matches."""
    def ask(scope: Any) -> Optional[str]:
        for part in [scope.get("app"), *_inner(app)]:  # the whole app, where it is known by then
            routes = getattr(part, "routes", None)
            if isinstance(routes, list) and all(hasattr(route, "matches") for route in routes):
                return _starlette_route(routes, dict(scope), "")
        return None
    return ask


def _starlette_route(routes: Any, scope: Dict[str, Any], prefix: str) -> Optional[str]:
    for route in routes:
        match, child = route.matches(scope)
        if match.value != 2:  # the whole of it
            continue
        path = prefix + (getattr(route, "path", None) or "")
        inner = getattr(route, "routes", None)
        if not inner:
            return path or "/"
        return _starlette_route(inner, {**scope, **child}, path)
    return NO_ROUTE
