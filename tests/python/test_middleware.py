"""The WSGI and ASGI middleware: labels by route and method, and nothing else changed."""
import asyncio
import io
import unittest
import wsgiref.handlers
import wsgiref.validate

from service_harness import calls_by, collecting, needs_service


def step():
    return 1


def steps(count):
    for _ in range(count):
        step()


# --- WSGI, through wsgiref's server side and its validator on both sides ---


class _Handler(wsgiref.handlers.SimpleHandler):
    def log_exception(self, exc_info):
        self.failure = exc_info[1]


def request(app, method="GET", path="/", validated=True):
    """(status and headers and body as bytes, what the application raised)."""
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "SCRIPT_NAME": "", "QUERY_STRING": "",
               "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.0"}
    output = io.BytesIO()
    handler = _Handler(io.BytesIO(), output, io.StringIO(), environ, multithread=False)
    handler.failure = None
    handler.run(wsgiref.validate.validator(app) if validated else app)
    return output.getvalue(), handler.failure


def respond(start_response, status="200 OK"):
    return start_response(status, [("Content-Type", "text/plain")])


class Stream:
    """A body whose code runs after the application has returned."""

    def __init__(self, parts):
        self.parts = iter(parts)
        self.closed = 0

    def __iter__(self):
        step()
        return self

    def __next__(self):
        part = next(self.parts)
        step()
        return part

    def close(self):
        step()
        self.closed += 1


def validated(app, **options):
    """The middleware with a validator of each side of it."""
    from statslice.wsgi import Middleware

    return Middleware(wsgiref.validate.validator(app), **options)


@needs_service
class Wsgi(unittest.TestCase):
    def test_the_whole_run_is_labelled_and_closed_once(self):
        bodies = []

        def app(environ, start_response):
            step()
            respond(start_response)
            bodies.append(Stream([b"a", b"b", b"c"]))
            return bodies[0]

        with collecting() as records:
            output, failure = request(validated(app), path="/cart/17")
        self.assertIsNone(failure)
        self.assertTrue(output.endswith(b"\r\n\r\nabc"))
        self.assertEqual(bodies[0].closed, 1)
        self.assertEqual(calls_by(records, "step", "route", "method"),
                         {("/cart/{number}", "GET"): 1 + 1 + 3 + 1})

    def test_a_generator_is_streamed_part_by_part(self):
        sent = []

        def app(environ, start_response):
            respond(start_response)
            for at in range(3):
                steps(10)
                yield b"%d" % at
                sent.append(at)

        from statslice.wsgi import Middleware

        with collecting() as records:
            environ = {"REQUEST_METHOD": "POST", "PATH_INFO": "/up"}
            body = iter(Middleware(app)(environ, lambda *args: None))
            self.assertEqual((next(body), sent), (b"0", []))
            steps(1)
            self.assertEqual((next(body), sent), (b"1", [0]))
            body.close()
            self.assertRaises(StopIteration, next, body)
        self.assertEqual(calls_by(records, "step", "route", "method"),
                         {("/up", "POST"): 20, (None, None): 1})

    def test_bytes_are_the_same_as_without(self):
        def app(environ, start_response):
            path = environ["PATH_INFO"]
            write = respond(start_response, "201 Created")
            if path == "/write":
                write(b"written")
            if path == "/file":
                return environ["wsgi.file_wrapper"](io.BytesIO(b"file"))
            return {"/list": [b"list"], "/tuple": (b"tu", b"ple"), "/none": []}.get(
                path, iter([b"it", b"er"]))

        from statslice.wsgi import Middleware

        for path in ("/write", "/file", "/list", "/tuple", "/none", "/iter"):
            self.assertEqual(request(Middleware(app), path=path, validated=False),
                             request(app, path=path, validated=False), path)

    def test_errors_pass_unchanged(self):
        class Trouble(Exception):
            pass

        trouble = Trouble("as it was")

        def at_once(environ, start_response):
            raise trouble

        def later(environ, start_response):
            respond(start_response)
            yield b"a"
            raise trouble

        from statslice.wsgi import Middleware

        with collecting() as records:
            for app in (at_once, later):
                output, failure = request(Middleware(app), validated=False)
                self.assertIs(failure, trouble)
                steps(1)
        self.assertEqual(calls_by(records, "step", "route"), {(None,): 2})

    def test_a_route_function_decides_and_may_fail(self):
        def route(environ):
            if environ["PATH_INFO"] == "/fails":
                raise KeyError("route")
            return {"/a": "A", "/b": "B"}.get(environ["PATH_INFO"])

        def app(environ, start_response):
            step()
            respond(start_response)
            return []

        with collecting() as records:
            middleware = validated(app, route=route, tier="front")
            for path in ("/a", "/b", "/a", "/c/5", "/fails"):
                request(middleware, path=path)
        self.assertEqual(calls_by(records, "step", "route", "tier"), {
            ("A", "front"): 2, ("B", "front"): 1, ("/c/{number}", "front"): 1,
            ("/fails", "front"): 1})

    def test_what_werkzeug_tells_is_used_from_the_next_request_on(self):
        class Rule:
            rule = "/user/<name>"

        class Request:
            url_rule = Rule()

        def app(environ, start_response):
            step()
            environ["werkzeug.request"] = Request()
            respond(start_response)
            return []

        with collecting() as records:
            middleware = validated(app)
            for _ in range(3):
                request(middleware, path="/user/ada")
        self.assertEqual(calls_by(records, "step", "route"),
                         {("/user/ada",): 1, ("/user/<name>",): 2})

    def test_flask_and_its_middleware_slot(self):
        try:
            import flask
        except ImportError:
            self.skipTest("no flask for this interpreter")
        from statslice.wsgi import Middleware

        app = flask.Flask("shop")

        @app.route("/user/<name>/orders/<int:order>")
        def orders(name, order):
            steps(order)
            return "ok"

        app.wsgi_app = Middleware(app.wsgi_app)
        with collecting() as records:
            client = app.test_client()
            for name in ("ada", "bob"):
                self.assertEqual(client.get("/user/%s/orders/4" % name).status_code, 200)
            self.assertEqual(client.get("/nowhere").status_code, 404)
        self.assertEqual(calls_by(records, "step", "route", "method"),
                         {("/user/<name>/orders/<int:order>", "GET"): 8})
        self.assertEqual(calls_by(records, "wsgi_app", "route")["(none)",], 1)


# --- names of routes ---


class Names(unittest.TestCase):
    def setUp(self):
        try:
            from statslice import _routes
        except (ImportError, AttributeError):
            self.skipTest("no labels are built")
        self.routes = _routes

    def test_numbers_uuids_hashes_and_tokens_are_folded(self):
        for path, folded in (
                ("/", "/"), ("", "/"), ("/cart", "/cart"), ("/cart/", "/cart/"),
                ("/cart/17/items/3", "/cart/{number}/items/{number}"),
                ("/report/2024-05-01", "/report/{number}"), ("/v1/users", "/v1/users"),
                ("/u/123e4567-e89b-12d3-a456-426614174000/x", "/u/{uuid}/x"),
                ("/blob/d41d8cd98f00b204e9800998ecf8427e", "/blob/{hash}"),
                ("/t/eyJhbGciOiJIUzI1NiJ9abc", "/t/{token}"),
                ("/caf\u00e9", "/caf\u00e9"), ("/deadbeefcafe", "/deadbeefcafe"),
                ("/internationalization-guidelines", "/internationalization-guidelines"),
                ("/" + "a" * 70, "/{token}")):
            self.assertEqual(self.routes.fold(path), folded, path)

    def test_names_and_methods_are_bounded(self):
        routes = self.routes.Routes(lambda request: None, True, 10, {})
        seen = [routes.label_of({}, "M%d" % at, "/page-%d-x" % at).labels for at in range(1000)]
        self.assertEqual(len({labels["route"] for labels in seen}), 11)
        self.assertEqual({labels["method"] for labels in seen}, {"(other)"})
        self.assertEqual(seen[999]["route"], "(other)")

    def test_paths_remembered_are_bounded(self):
        routes = self.routes.Routes(lambda request: "/all", True, 10, {})
        for at in range(10000):
            routes.label_of({}, "GET", "/page-%d" % at)
        self.assertLessEqual(len(routes._route_of), 4096)


# --- ASGI, by a driver written out by hand ---


def drive(app, scope, messages=()):
    """What an ASGI server does with one connection: the messages that were sent."""
    incoming, sent = list(messages), []

    async def receive():
        await asyncio.sleep(0)
        return incoming.pop(0)

    async def send(message):
        await asyncio.sleep(0)
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return sent


def http(path, method="GET"):
    return {"type": "http", "method": method, "path": path, "raw_path": path.encode(),
            "query_string": b"", "root_path": "", "headers": [], "http_version": "1.1",
            "asgi": {"version": "3.0"}, "scheme": "http", "server": ("127.0.0.1", 80)}


BODY = [{"type": "http.request", "body": b"x", "more_body": False}]


async def answer(send, *parts):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for part in parts:
        step()
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def middleware(app, **options):
    from statslice.asgi import Middleware

    return Middleware(app, **options)


@needs_service
class Asgi(unittest.TestCase):
    def test_the_whole_run_is_labelled_and_messages_pass(self):
        async def app(scope, receive, send):
            step()
            assert (await receive())["body"] == b"x"
            await answer(send, b"a", b"b")

        plain = drive(app, http("/cart/17", "PUT"), BODY)
        with collecting() as records:
            self.assertEqual(drive(middleware(app), http("/cart/17", "PUT"), BODY), plain)
            steps(1)
        self.assertEqual(calls_by(records, "step", "route", "method"),
                         {("/cart/{number}", "PUT"): 3, (None, None): 1})

    def test_requests_that_take_turns_keep_their_labels(self):
        async def app(scope, receive, send):
            for _ in range(int(scope["path"].rpartition("-")[2])):
                step()
                await asyncio.sleep(0)
            await answer(send)

        wrapped = middleware(app)

        async def main():
            async def send(message):
                await asyncio.sleep(0)
            await asyncio.gather(*(wrapped(http("/p-%d" % at), None, send)
                                   for at in range(1, 20)))

        with collecting() as records:
            asyncio.run(main())
        self.assertEqual(calls_by(records, "step", "route"),
                         {("/p-%d" % at,): at for at in range(1, 20)})

    def test_errors_pass_unchanged(self):
        trouble = ValueError("as it was")

        async def app(scope, receive, send):
            await asyncio.sleep(0)
            raise trouble

        with self.assertRaises(ValueError) as caught:
            drive(middleware(app), http("/"))
        self.assertIs(caught.exception, trouble)

    def test_websockets_and_lifespan_pass(self):
        async def app(scope, receive, send):
            step()
            await send({"type": "seen", "scope": scope, "message": await receive()})

        lifespan = {"type": "lifespan", "asgi": {"version": "3.0"}}
        websocket = {"type": "websocket", "path": "/feed/5", "headers": []}
        with collecting() as records:
            for scope in (lifespan, websocket):
                sent = drive(middleware(app), scope, [{"type": "first"}])
                self.assertEqual(sent, [{"type": "seen", "scope": scope,
                                         "message": {"type": "first"}}])
                self.assertIs(sent[0]["scope"], scope)
        self.assertEqual(calls_by(records, "step", "route", "method"),
                         {(None, None): 1, ("/feed/{number}", "WEBSOCKET"): 1})

    def test_routes_are_asked_before_the_request_runs(self):
        class Match:
            value = 2

        class Route:
            path = "/user/{name}"

            def matches(self, scope):
                match = Match()
                match.value = 2 if scope["path"].startswith("/user/") else 0
                return match, {}

        class App:
            routes = [Route()]

            async def __call__(self, scope, receive, send):
                step()
                await answer(send)

        with collecting() as records:
            wrapped = middleware(App())
            drive(wrapped, http("/user/ada"))
            drive(wrapped, http("/user/bob"))
            drive(wrapped, http("/nowhere"))
        self.assertEqual(calls_by(records, "step", "route"),
                         {("/user/{name}",): 2, ("(none)",): 1})

    def test_starlette_with_a_mount(self):
        try:
            from starlette.applications import Starlette
            from starlette.responses import PlainTextResponse
            from starlette.routing import Mount, Route
        except ImportError:
            self.skipTest("no starlette for this interpreter")
        from statslice.asgi import Middleware

        async def user(request):
            steps(3)
            return PlainTextResponse("ok")

        app = Starlette(routes=[Route("/user/{name}", user),
                                Mount("/api", routes=[Route("/user/{id:int}", user)])])
        app.add_middleware(Middleware)
        with collecting() as records:
            for path in ("/user/ada", "/api/user/5", "/api/user/6", "/nowhere"):
                sent = drive(app, http(path), BODY)
                self.assertEqual(sent[0]["status"], 404 if path == "/nowhere" else 200)
        self.assertEqual(calls_by(records, "step", "route"),
                         {("/user/{name}",): 3, ("/api/user/{id:int}",): 6})


if __name__ == "__main__":
    unittest.main()
