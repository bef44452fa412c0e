"""Labels for what runs inside a block or a function."""
from __future__ import annotations

from . import _collector

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, TypeVar

    F = TypeVar("F", bound=Callable[..., Any])

# inspect's, which takes longer to import than all of this package's start
_GENERATOR, _COROUTINE, _ASYNC_GENERATOR = 0x20, 0x80, 0x200


class label(_collector.label):
    """label(**labels): what runs inside is profiled under these labels, and those around it.

    ::

        with statslice.label(endpoint="/cart"):
            ...

        @statslice.label(job="nightly")
        def rebuild(): ...                   # or async def, or a generator

    They hold for the thread or the asyncio task, and for tasks that are made inside: they are a
    context variable (``contextvars``). A label object can be used many times, and at once.
    """

    __slots__ = ()

    def __call__(self, function: F) -> F:
        if not callable(function) or isinstance(function, type):
            raise TypeError("label() decorates functions, not %r" % (function,))
        from functools import wraps

        return wraps(function)(_wrapper_of(function)(self, function))


def _flags_of(function: Any) -> int:
    """The flags of the code that a call would run: through partial, methods and __call__."""
    while hasattr(function, "func"):
        function = function.func
    function = getattr(function, "__func__", function)
    if not hasattr(function, "__code__"):
        function = getattr(type(function), "__call__", None)
    return getattr(getattr(function, "__code__", None), "co_flags", 0)


def _wrapper_of(function: Any) -> Any:
    flags = _flags_of(function)
    if flags & _ASYNC_GENERATOR:
        return _async_generator
    if flags & _COROUTINE:
        return _coroutine
    return _generator if flags & _GENERATOR else _function


def _function(labels: label, function: Any) -> Any:
    def labelled(*args: Any, **kwargs: Any) -> Any:
        with labels:
            return function(*args, **kwargs)
    return labelled


def _coroutine(labels: label, function: Any) -> Any:
    async def labelled(*args: Any, **kwargs: Any) -> Any:
        with labels:
            return await function(*args, **kwargs)
    return labelled


def _generator(labels: label, function: Any) -> Any:
    """The labels hold while it runs, not while its caller does: both share a context."""
    def labelled(*args: Any, **kwargs: Any) -> Any:
        running = function(*args, **kwargs)
        resume, value = running.send, None
        try:
            while True:
                try:
                    with labels:
                        item = resume(value)
                except StopIteration as end:
                    return end.value
                try:
                    value = yield item
                    resume = running.send
                except GeneratorExit:
                    raise
                except BaseException as error:
                    value, resume = error, running.throw
        finally:
            value = None  # an exception would hold this frame, and this frame the exception
            with labels:
                running.close()
    return labelled


def _async_generator(labels: label, function: Any) -> Any:
    async def labelled(*args: Any, **kwargs: Any) -> Any:
        running = function(*args, **kwargs)
        resume, value = running.asend, None
        try:
            while True:
                try:
                    with labels:
                        item = await resume(value)
                except StopAsyncIteration:
                    return
                try:
                    value = yield item
                    resume = running.asend
                except GeneratorExit:
                    raise
                except BaseException as error:
                    value, resume = error, running.athrow
        finally:
            value = None
            with labels:
                await running.aclose()
    return labelled
