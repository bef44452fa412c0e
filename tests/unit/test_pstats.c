/* SPDX-License-Identifier: MIT */
/*
 * test_pstats.c - pstats files into profiles and back. The bytes are those of CPython's own
 * marshal.dumps (3.13; 2.7 where the name says so) for the dict in the comment above them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <statslice/format.h>
#include <statslice/profile.h>
#include <statslice/sink.h>

#include "format/pstats.h"
#include "model/profile.h"

/* main = ("shop.py", 40, "main"); price = ("shop.py", 12, "price")
 * built = ("~", 0, "<built-in method builtins.sum>")
 * {main: (1, 1, 0.125, 1.0, {}),
 *  price: (2, 6, 0.75, 0.875, {main: (2, 2, 0.25, 0.875), price: (4, 1, 0.5, 0.625)}),
 *  built: (3, 3, 1.25e-07, 1.25e-07, {price: (3, 3, 1.25e-07, 1.25e-07)})} */
static const char cprofile[] =
    "\373\251\003\372\007shop.py\351(\0\0\0\332\004main)\005\351\001\0\0\0r\005\0\0\0\347"
    "\0\0\0\0\0\0\300\077\347\0\0\0\0\0\0\360\077{0\251\003r\002\0\0\0\351\014\0\0\0\332"
    "\005price)\005\351\002\0\0\0\351\006\0\0\0\347\0\0\0\0\0\0\350\077\347\0\0\0\0\0\0"
    "\354\077{r\001\0\0\0\251\004r\013\0\0\0r\013\0\0\0\347\0\0\0\0\0\0\320\077r\016\0\0"
    "\0r\010\0\0\0\251\004\351\004\0\0\0r\005\0\0\0\347\0\0\0\0\0\0\340\077\347\0\0\0\0\0"
    "\0\344\077\060\251\003\332\001~\351\0\0\0\0\372\036<built-in method builtins.sum>)"
    "\005\351\003\0\0\0r\031\0\0\0\347\215\355\265\240\367\306\200>r\032\0\0\0{r\010\0\0"
    "\0\251\004r\031\0\0\0r\031\0\0\0r\032\0\0\0r\032\0\0\0\060\060";

/* {("profile", 0, "profiler"): (0, 0, 0, 0, {}),
 *  main: (1, 1, 0.5, 0.5, {("profile", 0, "profiler"): 1})} */
static const char module_profile[] =
    "\373\251\003\332\007profile\351\0\0\0\0\332\010profiler)\005r\003\0\0\0r\003\0\0\0r"
    "\003\0\0\0r\003\0\0\0{0\251\003\372\007shop.py\351(\0\0\0\332\004main)\005\351\001\0"
    "\0\0r\011\0\0\0\347\0\0\0\0\0\0\340\077r\012\0\0\0{r\001\0\0\0r\011\0\0\0\060\060";

/* {price: (6, 2, 0.75, 0.875, {main: (6, 2, 0.25, 0.5)})}: yappi's counts stand the wrong way */
static const char yappi[] =
    "\373\251\003\372\007shop.py\351\014\0\0\0\332\005price)\005\351\006\0\0\0\351\002\0"
    "\0\0\347\0\0\0\0\0\0\350\077\347\0\0\0\0\0\0\354\077{\251\003r\002\0\0\0\351(\0\0\0"
    "\332\004main\251\004r\005\0\0\0r\006\0\0\0\347\0\0\0\0\0\0\320\077\347\0\0\0\0\0\0"
    "\340\077\060\060";

/* {("<frozen runpy>", -1, "_run_code"): (0, 7, 0.0, 0.5, {}), ("__sampled__",): True} */
static const char sampled[] =
    "\373\251\003\372\016<frozen runpy>\351\377\377\377\377\332\011_run_code)\005\351\0\0"
    "\0\0\351\007\0\0\0\347\0\0\0\0\0\0\0\0\347\0\0\0\0\0\0\340\077{0\251\001\332\013__sa"
    "mpled__T0";

/* {main: (1, 1, 2, 3, {})} */
static const char int_times[] =
    "\373\251\003\372\007shop.py\351(\0\0\0\332\004main)\005\351\001\0\0\0r\005\0\0\0\351"
    "\002\0\0\0\351\003\0\0\0{00";

/* {("x", 0, "f"): (1, 1, -0.25, 0.0, {})} */
static const char line_zero[] =
    "\373\251\003\332\001x\351\0\0\0\0\332\001f)\005\351\001\0\0\0r\005\0\0\0\347\0\0\0\0"
    "\0\0\320\277\347\0\0\0\0\0\0\0\0{00";

/* {("\udce9.py", 1, "\u00e4"): (1, 1, 0.0, 0.0, {})} */
static const char surrogate[] =
    "\373\251\003\365\006\0\0\0\355\263\251.py\351\001\0\0\0\364\002\0\0\0\303\244)\005r"
    "\003\0\0\0r\003\0\0\0\347\0\0\0\0\0\0\0\0r\005\0\0\0{00";

/* value = (1, 1, 0.5, 0.5, {}); {main: value, price: value} */
static const char shared[] =
    "\373\251\003\372\007shop.py\351(\0\0\0\332\004main\251\005\351\001\0\0\0r\006\0\0\0"
    "\347\0\0\0\0\0\0\340\077r\007\0\0\0\373\060\251\003r\002\0\0\0\351\014\0\0\0\332\005"
    "pricer\005\0\0\0\060";

/* f = (2, 2, 0.25, 0.25); {main: (1, 1, 1.0, 1.0, {}), price: (4, 4, 0.5, 0.5, {main: f, built:
 * f})} */
static const char shared_figures[] =
    "\373\251\003\372\007shop.py\351(\0\0\0\332\004main)\005\351\001\0\0\0r\005\0\0\0\347"
    "\0\0\0\0\0\0\360\077r\006\0\0\0{0\251\003r\002\0\0\0\351\014\0\0\0\332\005price)\005"
    "\351\004\0\0\0r\012\0\0\0\347\0\0\0\0\0\0\340\077r\013\0\0\0{r\001\0\0\0\251\004\351"
    "\002\0\0\0r\015\0\0\0\347\0\0\0\0\0\0\320\077r\016\0\0\0\251\003\332\001~\351\0\0\0"
    "\0\372\036<built-in method builtins.sum>r\014\0\0\0\060\060";

/* 2.7: {("caf\xe9.py", 3, "main"): (1, 1, 0.5, 0.5, {}), (u"caf\xe9.py", 4, u"main"): (1, 1,
 * 0.25, 0.25, {})} */
static const char python2_bytes[] =
    "{(\003\0\0\0u\010\0\0\0caf\303\251.pyi\004\0\0\0u\004\0\0\0main(\005\0\0\0i\001\0\0"
    "\0i\001\0\0\0g\0\0\0\0\0\0\320\077g\0\0\0\0\0\0\320\077{0(\003\0\0\0s\007\0\0\0caf"
    "\351.pyi\003\0\0\0t\004\0\0\0main(\005\0\0\0i\001\0\0\0i\001\0\0\0g\0\0\0\0\0\0\340"
    "\077g\0\0\0\0\0\0\340\077{00";

static struct sts_error error;

static struct sts_profile *decode_bytes(const void *data, size_t len)
{
    struct sts_profile *profile = sts_profile_new(NULL);
    int r = sts__pstats_decode(data, len, "x.prof", profile, &error);

    if (r < 0)
        fail_msg("%s", error.text);
    return profile;
}

#define DECODE(literal) decode_bytes(literal, sizeof(literal) - 1)

static const struct sts_figures *row(const struct sts_profile *profile, const char *file,
                                     int32_t line, const char *name)
{
    struct sts_function function = { file, name, NULL, line };
    uint32_t id;

    assert_int_equal(sts_symbols_add_function(sts_profile_symbols(profile), &function, &id, &error),
                     0);
    return sts_profile_find(profile, id);
}

static void assert_figures(const struct sts_figures *figures, uint64_t ncalls, uint64_t pcalls,
                           int64_t tottime_ns, int64_t cumtime_ns)
{
    assert_non_null(figures);
    assert_int_equal(figures->ncalls, ncalls);
    assert_int_equal(figures->pcalls, pcalls);
    assert_int_equal(figures->tottime_ns, tottime_ns);
    assert_int_equal(figures->cumtime_ns, cumtime_ns);
}

static void assert_edge(const struct sts_profile *profile, size_t i, const char *caller,
                        const char *callee)
{
    const struct sts_edge *edge = sts_profile_edge(profile, i);
    const struct sts_symbols *symbols = sts_profile_symbols(profile);

    assert_string_equal(sts_symbols_function(symbols, edge->caller_id).name, caller);
    assert_string_equal(sts_symbols_function(symbols, edge->callee_id).name, callee);
}

/* --- decode --- */

static void test_pstats_decode__cprofile_rows_and_callers(void **state)
{
    struct sts_profile *profile = DECODE(cprofile);
    (void)state;

    assert_int_equal(sts_profile_function_count(profile), 3);
    assert_string_equal(sts_profile_function(profile, 0).name, "main");
    assert_string_equal(sts_profile_function(profile, 2).file_name, "~");
    assert_null(sts_profile_function(profile, 0).qualname);
    assert_figures(row(profile, "shop.py", 40, "main"), 1, 1, 125000000, 1000000000);
    assert_figures(row(profile, "shop.py", 12, "price"), 6, 2, 750000000, 875000000);
    assert_figures(row(profile, "~", 0, "<built-in method builtins.sum>"), 3, 3, 125, 125);
    assert_int_equal(sts_profile_edge_count(profile), 3);
    assert_edge(profile, 0, "main", "price");
    assert_figures(&sts_profile_edge(profile, 0)->figures, 2, 2, 250000000, 875000000);
    assert_edge(profile, 1, "price", "price");
    assert_figures(&sts_profile_edge(profile, 1)->figures, 4, 1, 500000000, 625000000);
    assert_edge(profile, 2, "price", "<built-in method builtins.sum>");
    assert_int_equal(sts_profile_check(profile, &error), 0);
    sts_profile_free(profile);
}

static void test_pstats_decode__callers_of_the_module_profile_are_counts(void **state)
{
    struct sts_profile *profile = DECODE(module_profile);
    (void)state;

    assert_int_equal(sts_profile_edge_count(profile), 1);
    assert_figures(&sts_profile_edge(profile, 0)->figures, 1, 0, 0, 0);
    assert_true(sts__profile_edges_are_counts(profile));
    sts_profile_free(profile);
    profile = DECODE(cprofile);
    assert_false(sts__profile_edges_are_counts(profile));
    sts_profile_free(profile);
}

static void test_pstats_decode__swapped_counts_of_yappi_are_recognised(void **state)
{
    struct sts_profile *profile = DECODE(yappi);
    (void)state;

    assert_figures(row(profile, "shop.py", 12, "price"), 6, 2, 750000000, 875000000);
    assert_figures(&sts_profile_edge(profile, 0)->figures, 6, 2, 250000000, 500000000);
    sts_profile_free(profile);
}

static void test_pstats_decode__a_samplers_mark_is_no_function(void **state)
{
    struct sts_profile *profile = DECODE(sampled);
    (void)state;

    assert_int_equal(sts_profile_function_count(profile), 1);
    assert_figures(row(profile, "<frozen runpy>", -1, "_run_code"), 7, 0, 0, 500000000);
    sts_profile_free(profile);
}

static void test_pstats_decode__times_may_be_ints_or_negative(void **state)
{
    struct sts_profile *profile = DECODE(int_times);
    (void)state;

    assert_figures(row(profile, "shop.py", 40, "main"), 1, 1, 2000000000, 3000000000);
    sts_profile_free(profile);
    profile = DECODE(line_zero);
    assert_figures(row(profile, "x", 0, "f"), 1, 1, -250000000, 0);
    sts_profile_free(profile);
}

static void test_pstats_decode__surrogates_are_kept(void **state)
{
    struct sts_profile *profile = DECODE(surrogate);
    (void)state;

    assert_non_null(row(profile, "\xed\xb3\xa9.py", 1, "\xc3\xa4"));
    sts_profile_free(profile);
}

static void test_pstats_decode__bytes_of_python_2_are_escaped(void **state)
{
    struct sts_profile *profile = DECODE(python2_bytes);
    (void)state;

    /* Python 3 calls b"caf\xe9.py" "caf\udce9.py" (os.fsdecode) */
    assert_non_null(row(profile, "caf\xed\xb3\xa9.py", 3, "main"));
    assert_non_null(row(profile, "caf\xc3\xa9.py", 4, "main"));
    sts_profile_free(profile);
}

static void test_pstats_decode__shared_objects_are_read_again(void **state)
{
    struct sts_profile *profile = DECODE(shared);
    (void)state;

    assert_figures(row(profile, "shop.py", 40, "main"), 1, 1, 500000000, 500000000);
    assert_figures(row(profile, "shop.py", 12, "price"), 1, 1, 500000000, 500000000);
    sts_profile_free(profile);
    profile = DECODE(shared_figures);
    assert_int_equal(sts_profile_edge_count(profile), 2);
    assert_figures(&sts_profile_edge(profile, 0)->figures, 2, 2, 250000000, 250000000);
    assert_figures(&sts_profile_edge(profile, 1)->figures, 2, 2, 250000000, 250000000);
    sts_profile_free(profile);
}

static void test_pstats_decode__adds_to_what_is_there(void **state)
{
    struct sts_profile *profile = DECODE(cprofile);
    (void)state;

    assert_int_equal(sts__pstats_decode((const uint8_t *)cprofile, sizeof(cprofile) - 1, "x.prof",
                                        profile, &error),
                     0);
    assert_int_equal(sts_profile_function_count(profile), 3);
    assert_int_equal(sts_profile_edge_count(profile), 3);
    assert_figures(row(profile, "shop.py", 12, "price"), 12, 4, 1500000000, 1750000000);
    assert_figures(&sts_profile_edge(profile, 1)->figures, 8, 2, 1000000000, 1250000000);
    sts_profile_free(profile);
}

#define KEY    ")\3z\1ai\1\0\0\0z\1f"
#define VALUE  ")\5i\1\0\0\0i\1\0\0\0i\1\0\0\0i\1\0\0\0"
#define CALLER KEY ")\4i\1\0\0\0i\1\0\0\0i\1\0\0\0i\1\0\0\0"

/* A function that stands twice, and a caller that stands twice in the first of its dicts. */
static const char doubled[] = "{" KEY VALUE "{" CALLER CALLER "0" KEY VALUE "{" CALLER "00";

static void test_pstats_decode__equal_keys_make_one_row_and_one_edge(void **state)
{
    struct sts_profile *profile = DECODE(doubled);
    (void)state;

    assert_int_equal(sts_profile_function_count(profile), 1);
    assert_int_equal(sts_profile_edge_count(profile), 1);
    assert_int_equal(sts_profile_edge(profile, 0)->figures.ncalls, 3);
    assert_int_equal(sts__pstats_decode((const uint8_t *)doubled, sizeof(doubled) - 1, "x.prof",
                                        profile, &error),
                     0);
    assert_int_equal(sts_profile_edge_count(profile), 1);
    assert_int_equal(sts_profile_edge(profile, 0)->figures.ncalls, 6);
    sts_profile_free(profile);
}

static void test_pstats_decode__finds_edges_of_a_callee_without_a_row(void **state)
{
    struct sts_profile *profile = sts_profile_new(NULL);
    struct sts_function f = { "a", "f", NULL, 1 };
    struct sts_figures calls = { 1, 1, 0, 0 };
    uint32_t id;
    (void)state;

    assert_int_equal(sts_symbols_add_function(sts_profile_symbols(profile), &f, &id, &error), 0);
    assert_int_equal(sts_profile_add_edge(profile, id, id, &calls, &error), 0);
    assert_int_equal(sts__pstats_decode((const uint8_t *)doubled, sizeof(doubled) - 1, "x.prof",
                                        profile, &error),
                     0);
    assert_int_equal(sts_profile_edge_count(profile), 1);
    assert_int_equal(sts_profile_edge(profile, 0)->figures.ncalls, 4);
    sts_profile_free(profile);
}

static void test_pstats_decode__an_empty_dict_is_an_empty_profile(void **state)
{
    struct sts_profile *profile = DECODE("{0");
    (void)state;

    assert_int_equal(sts_profile_function_count(profile), 0);
    sts_profile_free(profile);
}

/* Decoding must fail with this text behind the file's name. */
static void assert_refused(const char *data, size_t len, const char *text)
{
    struct sts_profile *profile = sts_profile_new(NULL);

    assert_true(sts__pstats_decode((const uint8_t *)data, len, "x.prof", profile, &error) < 0);
    assert_memory_equal(error.text, "\"x.prof\": ", 10);
    assert_string_equal(error.text + 10, text);
    sts_profile_free(profile);
}

#define REFUSED(literal, text) assert_refused(literal, sizeof(literal) - 1, text)

static void test_pstats_decode__refuses_what_is_no_profile(void **state)
{
    (void)state;
    REFUSED("", "the input ends inside of an item at byte 0");
    REFUSED("i\1\0\0\0", "no dict of functions at byte 0");
    REFUSED("{" KEY "N0", "figures that are no (cc, nc, tt, ct, callers) at byte 14");
    REFUSED("{)\2z\1az\1bN0", "a function that is no (file, line, name) at byte 1");
    REFUSED("{)\3Ni\1\0\0\0z\1f" VALUE "{00", "a name that is no text at byte 3");
    REFUSED("{)\3z\1az\1bz\1f" VALUE "{00", "a line number that is no int at byte 6");
    REFUSED("{)\3z\1aI\0\0\0\0\1\0\0\0z\1f" VALUE "{00",
            "a line number of more than 32 bits at byte 6");
    REFUSED("{)\3z\3a\0bi\1\0\0\0z\1f" VALUE "{00", "a name with a NUL inside at byte 3");
    REFUSED("{)\3u\2\0\0\0\xff\xfei\1\0\0\0z\1f" VALUE "{00", "a name that is not UTF-8 at byte 3");
    REFUSED("{" KEY VALUE "N0", "callers that are no dict at byte 36");
    REFUSED("{" KEY VALUE "{" KEY "N00",
            "a caller's figures that are no (nc, cc, tt, ct) at byte 50");
    REFUSED("{" KEY VALUE "{" KEY "i\xff\xff\xff\xff"
            "00",
            "a count of calls below 0 at byte 50");
    REFUSED("{" KEY VALUE "{00x", "more behind the end of the dict at byte 39");
    REFUSED("{" KEY VALUE "{", "the input ends inside of an item at byte 37");
}

static void test_pstats_decode__refuses_figures_that_cannot_be(void **state)
{
    (void)state;
#define ROW(figures) "{" KEY ")\5" figures "{00"
#define ONES         "i\1\0\0\0i\1\0\0\0"
    REFUSED(ROW("i\xff\xff\xff\xffi\1\0\0\0g\0\0\0\0\0\0\0\0g\0\0\0\0\0\0\0\0"),
            "a count of calls below 0 at byte 16");
    REFUSED(ROW("g\0\0\0\0\0\0\0\0" ONES ONES), "a count of calls that is no int at byte 16");
    REFUSED(ROW(ONES "Ni\1\0\0\0"), "a time that is no number at byte 26");
    REFUSED(ROW(ONES "g\0\0\0\0\0\0\xf8\x7fg\0\0\0\0\0\0\0\0"),
            "a time that is not finite at byte 16");
    REFUSED(ROW(ONES "g\0\0\0\0\0\0\xf0\xffi\1\0\0\0"), "a time that is not finite at byte 26");
    REFUSED(ROW(ONES "g\0\0\0\0\0\0\xf0\x7ei\1\0\0\0"), "a time of more than 290 years at byte 26");
    REFUSED(ROW(ONES "I\0\0\0\0\0\0\0\x7fi\1\0\0\0"), "a time of more than 290 years at byte 26");
}

static void test_pstats_decode__refuses_every_cut_of_a_file(void **state)
{
    (void)state;
    for (size_t len = 0; len < sizeof(cprofile) - 1; len++) {
        struct sts_profile *profile = sts_profile_new(NULL);
        assert_int_equal(
            sts__pstats_decode((const uint8_t *)cprofile, len, "x.prof", profile, &error),
            STS_E_FORMAT);
        sts_profile_free(profile);
    }
}

static void test_pstats_sniff__knows_a_pstats_file_from_a_log(void **state)
{
    (void)state;
    assert_true(sts__pstats_sniff((const uint8_t *)cprofile, sizeof(cprofile) - 1));
    assert_true(sts__pstats_sniff((const uint8_t *)python2_bytes, sizeof(python2_bytes) - 1));
    assert_true(sts__pstats_sniff((const uint8_t *)"{0", 2));
    assert_false(sts__pstats_sniff((const uint8_t *)"{\"statslice\": 1}", 16));
    assert_false(sts__pstats_sniff((const uint8_t *)"{ }", 3));
    assert_false(sts__pstats_sniff((const uint8_t *)"{", 1));
    assert_false(sts__pstats_sniff(NULL, 0));
}

/* --- encode --- */

static struct sts_sink *encode(const struct sts_profile *profile)
{
    struct sts_sink *sink;

    assert_int_equal(sts_sink_open_memory(1 << 20, &sink, &error), 0);
    assert_int_equal(sts__pstats_encode(profile, sink, &error), 0);
    return sink;
}

static struct sts_profile *there_and_back(const struct sts_profile *profile)
{
    struct sts_sink *sink = encode(profile);
    struct sts_profile *back;
    size_t len;
    const char *data = sts_sink_memory(sink, &len);

    back = decode_bytes(data, len);
    assert_int_equal(sts_sink_close(sink, &error), 0);
    return back;
}

static void assert_same_rows(const struct sts_profile *a, const struct sts_profile *b)
{
    assert_int_equal(sts_profile_function_count(a), sts_profile_function_count(b));
    assert_int_equal(sts_profile_edge_count(a), sts_profile_edge_count(b));
    for (size_t i = 0; i < sts_profile_function_count(a); i++) {
        const struct sts_function fa = sts_profile_function(a, i), fb = sts_profile_function(b, i);
        const struct sts_figures *figures = sts_profile_figures(b, i);

        assert_string_equal(fa.file_name, fb.file_name);
        assert_int_equal(fa.line_number, fb.line_number);
        assert_string_equal(fa.name, fb.name);
        assert_figures(sts_profile_figures(a, i), figures->ncalls, figures->pcalls,
                       figures->tottime_ns, figures->cumtime_ns);
    }
    for (size_t i = 0; i < sts_profile_edge_count(a); i++) {
        const struct sts_figures *figures = &sts_profile_edge(b, i)->figures;

        assert_edge(
            a, i,
            sts_symbols_function(sts_profile_symbols(b), sts_profile_edge(b, i)->caller_id).name,
            sts_symbols_function(sts_profile_symbols(b), sts_profile_edge(b, i)->callee_id).name);
        assert_figures(&sts_profile_edge(a, i)->figures, figures->ncalls, figures->pcalls,
                       figures->tottime_ns, figures->cumtime_ns);
    }
}

static void test_pstats_encode__there_and_back_is_equal(void **state)
{
    struct sts_profile *profiles[] = { DECODE(cprofile),  DECODE(module_profile), DECODE(line_zero),
                                       DECODE(surrogate), DECODE(shared_figures), DECODE("{0") };
    (void)state;

    for (size_t i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++) {
        struct sts_profile *back = there_and_back(profiles[i]);
        assert_same_rows(profiles[i], back);
        sts_profile_free(back);
        sts_profile_free(profiles[i]);
    }
}

static void test_pstats_encode__writes_what_marshal_reads(void **state)
{
    struct sts_profile *profile = DECODE(int_times);
    struct sts_sink *sink = encode(profile);
    size_t len;
    const char *data = sts_sink_memory(sink, &len);
    /* marshal.loads of 3.8 and 3.13 give {("shop.py", 40, "main"): (1, 1, 2.0, 3.0, {})} */
    static const char expected[] = "{\xa9\3\xfa\7shop.pyi(\0\0\0\xfa\4main)\5i\1\0\0\0i\1\0\0\0"
                                   "g\0\0\0\0\0\0\0\x40g\0\0\0\0\0\0\x08\x40{00";
    (void)state;

    assert_int_equal(len, sizeof(expected) - 1);
    assert_memory_equal(data, expected, len);
    assert_int_equal(sts_sink_close(sink, &error), 0);
    sts_profile_free(profile);
}

static uint32_t add(struct sts_profile *profile, const char *name, const char *qualname,
                    struct sts_figures figures)
{
    struct sts_function function = { "shop.py", name, qualname, 7 };
    uint32_t id;

    assert_int_equal(sts_symbols_add_function(sts_profile_symbols(profile), &function, &id, &error),
                     0);
    assert_int_equal(sts_profile_add(profile, id, &figures, &error), 0);
    return id;
}

static void test_pstats_encode__functions_of_one_place_are_summed(void **state)
{
    struct sts_profile *profile = sts_profile_new(NULL), *back;
    uint32_t one = add(profile, "get", "A.get", (struct sts_figures){ 3, 2, 10, 40 });
    uint32_t two = add(profile, "get", "B.get", (struct sts_figures){ 5, 5, 20, 20 });
    uint32_t main_id = add(profile, "main", "main", (struct sts_figures){ 1, 1, 1, 61 });
    struct sts_figures calls = { 2, 2, 5, 6 };
    (void)state;

    assert_int_equal(sts_profile_add_edge(profile, main_id, one, &calls, &error), 0);
    assert_int_equal(sts_profile_add_edge(profile, main_id, two, &calls, &error), 0);
    back = there_and_back(profile);
    assert_int_equal(sts_profile_function_count(back), 2);
    assert_figures(row(back, "shop.py", 7, "get"), 8, 7, 30, 60);
    assert_int_equal(sts_profile_edge_count(back), 1);
    assert_figures(&sts_profile_edge(back, 0)->figures, 4, 4, 10, 12);
    assert_int_equal(sts_profile_function_count(profile), 3); /* is left as it was */
    sts_profile_free(back);
    sts_profile_free(profile);
}

static void test_pstats_encode__a_callee_without_figures_gets_a_row(void **state)
{
    struct sts_profile *profile = sts_profile_new(NULL), *back;
    uint32_t main_id = add(profile, "main", NULL, (struct sts_figures){ 1, 1, 1, 1 });
    struct sts_function lost = { "shop.py", "lost", NULL, 9 };
    struct sts_figures calls = { 2, 2, 5, 6 };
    uint32_t lost_id;
    (void)state;

    assert_int_equal(
        sts_symbols_add_function(sts_profile_symbols(profile), &lost, &lost_id, &error), 0);
    assert_int_equal(sts_profile_add_edge(profile, main_id, lost_id, &calls, &error), 0);
    back = there_and_back(profile);
    assert_figures(row(back, "shop.py", 9, "lost"), 0, 0, 0, 0);
    assert_int_equal(sts_profile_edge_count(back), 1);
    sts_profile_free(back);
    sts_profile_free(profile);
}

static void test_pstats_encode__the_largest_figures_come_back(void **state)
{
    struct sts_profile *profile = sts_profile_new(NULL), *back;
    /* 9,199,999,999.999999999 s is no double; the nearest one is some 954 ns beside */
    struct sts_figures figures = { INT64_MAX, INT64_C(1) << 31, INT64_C(4503599627370497), -1 };
    (void)state;

    add(profile, "main", NULL, figures);
    back = there_and_back(profile);
    assert_figures(sts_profile_figures(back, 0), INT64_MAX, INT64_C(1) << 31,
                   INT64_C(4503599627370497), -1);
    sts_profile_free(back);
    sts_profile_free(profile);
}

/* --- files --- */

static void test_pstats_merge_file__equals_merging_a_decoded_profile(void **state)
{
    char path[] = "/tmp/statslice-test-XXXXXX";
    int fd = mkstemp(path);
    struct sts_profile *merged = DECODE(shared_figures), *sum = DECODE(shared_figures);
    struct sts_profile *other = DECODE(cprofile);
    (void)state;

    assert_true(fd >= 0);
    assert_int_equal(write(fd, cprofile, sizeof(cprofile) - 1), sizeof(cprofile) - 1);
    close(fd);
    sts_profile_set_span(merged, 100, 200);
    sts_profile_set_span(sum, 100, 200);
    assert_int_equal(sts_pstats_merge_file(path, merged, &error), 0);
    sts__pstats_describe(other, sts_profile_end_ns(merged));
    assert_int_equal(sts_profile_end_ns(other) - sts_profile_begin_ns(other), 875000125);
    assert_int_equal(sts_profile_merge(sum, other, &error), 0);
    assert_same_rows(merged, sum);
    assert_int_equal(sts_profile_begin_ns(merged), sts_profile_begin_ns(sum));
    assert_true(sts_profile_coverage(merged) == sts_profile_coverage(sum));
    unlink(path);
    assert_int_equal(sts_pstats_merge_file(path, merged, &error), STS_E_IO);
    sts_profile_free(merged);
    sts_profile_free(sum);
    sts_profile_free(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pstats_decode__cprofile_rows_and_callers),
        cmocka_unit_test(test_pstats_decode__callers_of_the_module_profile_are_counts),
        cmocka_unit_test(test_pstats_decode__swapped_counts_of_yappi_are_recognised),
        cmocka_unit_test(test_pstats_decode__a_samplers_mark_is_no_function),
        cmocka_unit_test(test_pstats_decode__times_may_be_ints_or_negative),
        cmocka_unit_test(test_pstats_decode__surrogates_are_kept),
        cmocka_unit_test(test_pstats_decode__bytes_of_python_2_are_escaped),
        cmocka_unit_test(test_pstats_decode__shared_objects_are_read_again),
        cmocka_unit_test(test_pstats_decode__adds_to_what_is_there),
        cmocka_unit_test(test_pstats_decode__equal_keys_make_one_row_and_one_edge),
        cmocka_unit_test(test_pstats_decode__finds_edges_of_a_callee_without_a_row),
        cmocka_unit_test(test_pstats_decode__an_empty_dict_is_an_empty_profile),
        cmocka_unit_test(test_pstats_decode__refuses_what_is_no_profile),
        cmocka_unit_test(test_pstats_decode__refuses_figures_that_cannot_be),
        cmocka_unit_test(test_pstats_decode__refuses_every_cut_of_a_file),
        cmocka_unit_test(test_pstats_sniff__knows_a_pstats_file_from_a_log),
        cmocka_unit_test(test_pstats_encode__there_and_back_is_equal),
        cmocka_unit_test(test_pstats_encode__writes_what_marshal_reads),
        cmocka_unit_test(test_pstats_encode__functions_of_one_place_are_summed),
        cmocka_unit_test(test_pstats_encode__a_callee_without_figures_gets_a_row),
        cmocka_unit_test(test_pstats_encode__the_largest_figures_come_back),
        cmocka_unit_test(test_pstats_merge_file__equals_merging_a_decoded_profile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
