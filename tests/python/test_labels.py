"""statslice.label: what ran under which labels, in threads, tasks, generators and executors."""
import asyncio
import concurrent.futures
import contextvars
import threading
import time
import unittest

import statslice
from service_harness import calls_by, collecting, needs_service, own_ns_by


def step():
    return 1


def steps(count):
    for _ in range(count):
        step()


def burn(seconds):
    """Returns how long it really took."""
    begin = time.perf_counter()
    while time.perf_counter() < begin + seconds:
        step()
    return time.perf_counter() - begin


async def steps_and_waits(count):
    for _ in range(count):
        step()
        await asyncio.sleep(0)


@needs_service
class Blocks(unittest.TestCase):
    def test_labels_hold_inside_and_not_outside(self):
        with collecting() as records:
            steps(1)
            with statslice.label(endpoint="/cart"):
                steps(10)
            steps(100)
        self.assertEqual(calls_by(records, "step", "endpoint"), {(None,): 101, ("/cart",): 10})

    def test_nested_labels_add_and_inner_ones_win(self):
        with collecting(service="shop") as records:
            with statslice.label(a=1, b=1):
                with statslice.label(b=2, c=3):
                    steps(1)
                steps(10)
        self.assertEqual(calls_by(records, "step", "service", "a", "b", "c"),
                         {("shop", "1", "2", "3"): 1, ("shop", "1", "1", None): 10})

    def test_one_object_serves_many_blocks_at_once(self):
        label = statslice.label(a="x")
        with collecting() as records:
            with label:
                with label:
                    steps(1)
                steps(10)
            steps(100)
        self.assertEqual(label.labels, {"a": "x"})
        self.assertEqual(calls_by(records, "step", "a"), {("x",): 11, (None,): 100})

    def test_an_exception_ends_the_labels_and_passes(self):
        with collecting() as records:
            with self.assertRaises(ZeroDivisionError):
                with statslice.label(a="x"), statslice.label(b="y"):
                    steps(1)
                    1 // 0
            steps(10)
        self.assertEqual(calls_by(records, "step", "a", "b"), {("x", "y"): 1, (None, None): 10})

    def test_time_in_flight_is_split_where_the_label_changes(self):
        with collecting() as records:
            took = {None: burn(0.02)}
            with statslice.label(a="x"):
                took["x"] = burn(0.06)
        own = own_ns_by(records, "burn", "a")
        of_steps = own_ns_by(records, "step", "a")
        for name in (None, "x"):
            self.assertAlmostEqual((own[name,] + of_steps[name,]) / 1e9, took[name], delta=0.005)

    def test_sums_over_label_sets_are_the_unlabelled_totals(self):
        def program(label):
            for at in range(50):
                with label(at % 7):
                    steps(at)
                    with label(at % 3):
                        steps(2)

        class nothing:
            def __init__(self, at):
                pass

            def __enter__(self):
                pass

            def __exit__(self, *args):
                pass

        with collecting() as plain:
            program(nothing)
        with collecting() as labelled:
            program(lambda at: statslice.label(at=at))
        for function in ("step", "steps", "program"):
            self.assertEqual(calls_by(labelled, function), calls_by(plain, function))
        self.assertEqual(len(calls_by(labelled, "step", "at")), 7)

    def test_before_start_and_after_stop_it_does_nothing(self):
        with statslice.label(a="x"):
            steps(1)
        with collecting() as records:
            steps(10)
        with statslice.label(a="y"):
            steps(1)
        self.assertEqual(calls_by(records, "step", "a"), {(None,): 10})

    def test_bad_labels_are_refused(self):
        self.assertRaises(TypeError, statslice.label, "x")
        self.assertRaises(ValueError, statslice.label, **{"k%d" % at: 1 for at in range(100)})

    def test_values_of_any_kind_are_text(self):
        class Odd:
            def __str__(self):
                raise KeyError("no text")

        with collecting() as records:
            with statslice.label(path="/caf\udce9", odd=Odd(), none=None, lines="a\nb"):
                steps(3)
        self.assertEqual(calls_by(records, "step", "path", "odd", "none", "lines"),
                         {("/caf\\udce9", "<unprintable Odd object>", "None", "a\nb"): 3})

    def test_an_interrupt_in_a_value_is_the_programs(self):
        class Interrupted:
            def __str__(self):
                raise KeyboardInterrupt

        with self.assertRaises(KeyboardInterrupt):
            statslice.label(x=Interrupted())

    def test_more_sets_than_the_limit_are_put_together_and_nothing_is_lost(self):
        with collecting(label_sets_max=8) as records:
            for at in range(100):
                with statslice.label(at=at):
                    steps(3)
        self.assertEqual(calls_by(records, "step"), {(): 300})
        self.assertLessEqual(len(calls_by(records, "step", "at")), 10)


@needs_service
class ThreadsAndTasks(unittest.TestCase):
    def test_threads_have_labels_of_their_own(self):
        barrier = threading.Barrier(3)

        def thread(name, count):
            with statslice.label(name=name):
                barrier.wait()
                for _ in range(count):
                    step()
                    time.sleep(0)
                barrier.wait()

        with collecting() as records:
            threads = [threading.Thread(target=thread, args=("t%d" % at, 100 + at))
                       for at in range(2)]
            for one in threads:
                one.start()
            barrier.wait()
            steps(7)
            barrier.wait()
            for one in threads:
                one.join()
        self.assertEqual(calls_by(records, "step", "name"),
                         {(None,): 7, ("t0",): 100, ("t1",): 101})

    def test_tasks_that_take_turns_keep_their_labels(self):
        async def task(name, count):
            with statslice.label(task=name):
                await steps_and_waits(count)
            await steps_and_waits(1)

        async def main():
            await asyncio.gather(*(task("n%d" % at, 20 + at) for at in range(5)))

        with collecting() as records:
            asyncio.run(main())
        expected = {("n%d" % at,): 20 + at for at in range(5)}
        expected[None,] = 5
        self.assertEqual(calls_by(records, "step", "task"), expected)

    def test_tasks_made_inside_have_the_labels(self):
        async def main():
            with statslice.label(a="x"):
                inside = asyncio.ensure_future(steps_and_waits(10))
            await steps_and_waits(5)
            await inside

        with collecting() as records:
            asyncio.run(main())
        self.assertEqual(calls_by(records, "step", "a"), {("x",): 10, (None,): 5})

    def test_an_executor_has_the_labels_that_its_context_has(self):
        with collecting() as records:
            with concurrent.futures.ThreadPoolExecutor(1) as pool:
                with statslice.label(a="x"):
                    pool.submit(steps, 1).result()
                    pool.submit(contextvars.copy_context().run, steps, 10).result()
        self.assertEqual(calls_by(records, "step", "a"), {(None,): 1, ("x",): 10})

    def test_a_block_left_in_another_context_leaves_that_one_alone(self):
        label = statslice.label(a="x")
        with collecting() as records:
            contextvars.copy_context().run(label.__enter__)
            steps(1)
            label.__exit__(None, None, None)
            with statslice.label(a="y"):
                label.__exit__(None, None, None)
                steps(10)
        self.assertEqual(calls_by(records, "step", "a"), {(None,): 1, ("y",): 10})


@needs_service
class Decorated(unittest.TestCase):
    def test_a_function(self):
        @statslice.label(job="f")
        def labelled(count, *, more):
            "Its text."
            steps(count + more)
            return count

        with collecting() as records:
            self.assertEqual(labelled(2, more=3), 2)
            steps(1)
        self.assertEqual((labelled.__name__, labelled.__doc__), ("labelled", "Its text."))
        self.assertEqual(calls_by(records, "step", "job"), {("f",): 5, (None,): 1})

    def test_a_coroutine_function(self):
        @statslice.label(job="c")
        async def labelled(count):
            await steps_and_waits(count)
            return count

        async def main():
            self.assertEqual(await asyncio.gather(labelled(3), labelled(4), steps_and_waits(5)),
                             [3, 4, None])

        self.assertTrue(asyncio.iscoroutinefunction(labelled))
        with collecting() as records:
            asyncio.run(main())
        self.assertEqual(calls_by(records, "step", "job"), {("c",): 7, (None,): 5})

    def test_a_generator_function_is_labelled_while_it_runs_alone(self):
        closed = []

        @statslice.label(job="g")
        def labelled(count):
            try:
                for at in range(count):
                    steps(10)
                    try:
                        got = yield at
                    except KeyError:
                        got = "caught"
                    if got:
                        yield got
            finally:
                steps(1)
                closed.append(count)
            return "end"

        def all_of(count):
            return (yield from labelled(count))

        with collecting() as records:
            running = labelled(3)
            self.assertEqual(next(running), 0)
            steps(100)
            self.assertEqual(running.send("sent"), "sent")
            self.assertEqual(next(running), 1)
            self.assertEqual(running.throw(KeyError("x")), "caught")
            running.close()
            with self.assertRaises(StopIteration) as end:
                inner = all_of(0)
                next(inner)
            self.assertEqual(end.exception.value, "end")
            with self.assertRaises(OSError):
                broken = labelled(2)
                next(broken)
                broken.throw(OSError())
        self.assertEqual(closed, [3, 0, 2])
        self.assertEqual(calls_by(records, "step", "job"), {("g",): 33, (None,): 100})

    def test_an_asynchronous_generator_function(self):
        @statslice.label(job="a")
        async def labelled(count):
            try:
                for at in range(count):
                    await steps_and_waits(2)
                    yield at
            finally:
                await steps_and_waits(1)

        async def main():
            self.assertEqual([at async for at in labelled(3) if step()], [0, 1, 2])
            early = labelled(3)
            self.assertEqual(await early.asend(None), 0)
            await early.aclose()
            broken = labelled(1)
            await broken.asend(None)
            with self.assertRaises(KeyError):
                await broken.athrow(KeyError("x"))

        with collecting() as records:
            asyncio.run(main())
        self.assertEqual(calls_by(records, "step", "job"),
                         {("a",): 3 * 2 + 1 + 2 + 1 + 2 + 1, (None,): 3})

    def test_only_functions_are_decorated(self):
        self.assertRaises(TypeError, statslice.label(a=1), 5)
        self.assertRaises(TypeError, statslice.label(a=1), int)

    def test_methods_and_exceptions(self):
        class Shop:
            @statslice.label(job="m")
            def buy(self, what):
                step()
                raise LookupError(what)

        with collecting() as records:
            with self.assertRaisesRegex(LookupError, "soap"):
                Shop().buy("soap")
        self.assertEqual(calls_by(records, "step", "job"), {("m",): 1})


if __name__ == "__main__":
    unittest.main()
