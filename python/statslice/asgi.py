"""Labels for the requests of an ASGI application.

::

    from statslice.asgi import Middleware

    app = Middleware(app)                       # any ASGI application
    app.add_middleware(Middleware)              # Starlette, FastAPI
"""
from __future__ import annotations

from . import _routes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Optional

__all__ = ["Middleware"]


def _told(scope: Any) -> Optional[str]:
    """What FastAPI leaves behind when it has found the route."""
    return _routes.template_of(getattr(scope.get("route"), "path", None))


class Middleware:
    """Middleware(app, *, route=None, routes_max=200, **labels)

    Each request runs under the labels ``route`` and ``method``, until the application returns;
    so do the tasks that it starts. A websocket's method is WEBSOCKET. Lifespan and what else
    there is passes through.

    route: a function of the scope that gives the route, or None where it has none to give.
    Without it: the template that Starlette's, FastAPI's or Django's router has for the path; else
    the path with numbers, dates, uuids, hashes and tokens folded.
    routes_max: how many routes are told apart; the rest is "(other)". labels: others to set.
    """

    def __init__(self, app: Any, *, route: Optional[Callable[[Any], Optional[str]]] = None,
                 routes_max: int = 200, **labels: Any) -> None:
        self.app = app
        ask = route or _routes.of_django(app) or _routes.of_starlette(app)
        self._routes = _routes.Routes(ask, route is None, routes_max, labels)

    async def __call__(self, scope: Dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        method = scope.get("method", "WEBSOCKET")
        path = scope.get("path") or "/"
        with self._routes.label_of(scope, method, path):
            await self.app(scope, receive, send)
        self._routes.learn(method, path, _told(scope))
