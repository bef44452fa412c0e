/* SPDX-License-Identifier: MIT */
/*
 * test_num.c - base/num.c against what Python's repr, format, fractions and decimal give.
 */
#include "base/num.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <statslice/error.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void test_num_seconds__are_exact(void **state)
{
    static const struct {
        int64_t ns;
        const char *text;
    } cases[] = {
        { 0, "0.0" },
        { INT64_C(1), "0.000000001" },
        { INT64_C(-1), "-0.000000001" },
        { INT64_C(1000000000), "1.0" },
        { INT64_C(1500000000), "1.5" },
        { INT64_C(-2000000000), "-2.0" },
        { INT64_C(123456789), "0.123456789" },
        { INT64_C(9223372036854775807), "9223372036.854775807" },
        { INT64_MIN, "-9223372036.854775808" },
        { INT64_C(100), "0.0000001" },
        { INT64_C(1000000001), "1.000000001" },
    };
    char text[STS_NUM_TEXT_BYTES];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(sts__num_seconds(text, cases[i].ns), strlen(cases[i].text));
        assert_string_equal(text, cases[i].text);
    }
}

static void test_num_i64__reaches_both_ends(void **state)
{
    char text[STS_NUM_TEXT_BYTES];
    int64_t value;
    uint64_t unsigned_value;

    (void)state;
    assert_int_equal(sts__num_i64(text, INT64_MIN), 20);
    assert_string_equal(text, "-9223372036854775808");
    assert_int_equal(sts__num_parse_i64(text, 20, &value), 0);
    assert_true(value == INT64_MIN);
    assert_int_equal(sts__num_u64(text, UINT64_MAX), 20);
    assert_string_equal(text, "18446744073709551615");
    assert_int_equal(sts__num_parse_u64(text, 20, &unsigned_value), 0);
    assert_true(unsigned_value == UINT64_MAX);
    assert_int_equal(sts__num_parse_u64("18446744073709551616", 20, &unsigned_value), STS_E_LIMIT);
    assert_int_equal(sts__num_parse_i64("9223372036854775808", 19, &value), STS_E_LIMIT);
    assert_int_equal(sts__num_parse_i64("-9223372036854775809", 20, &value), STS_E_LIMIT);
    assert_int_equal(sts__num_parse_i64("+7", 2, &value), 0);
    assert_int_equal(value, 7);
}

static void test_num_parse__what_is_no_number_is_refused(void **state)
{
    static const char *const cases[] = { "",   "-",    "+",   ".",    "1x",  " 1",
                                         "1 ", "1..2", "e5",  "1e",   "1e+", "--1",
                                         "1-", "nan",  "inf", "0x10", "1,5" };
    int64_t ns;
    double value;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(sts__num_parse_ns(cases[i], strlen(cases[i]), &ns), STS_E_FORMAT);
        assert_int_equal(sts__num_parse_double(cases[i], strlen(cases[i]), &value), STS_E_FORMAT);
        assert_int_equal(sts__num_parse_i64(cases[i], strlen(cases[i]), &ns), STS_E_FORMAT);
    }
}

/* The digits are Python's; it writes an exponent's sign and two digits, and ".0" where C does not.
 */
static void test_num_double__is_the_shortest_that_reads_back(void **state)
{
    static const struct {
        double value;
        const char *repr;
    } cases[] = {
        { 0x1.999999999999ap-4, "0.1" },
        { 0x1.5555555555555p-2, "0.3333333333333333" },
        { 0x1.5555555555555p-1, "0.6666666666666666" },
        { 0x1.4f8b588e368f1p-17, "1e-05" },
        { 0x1.e240c9fbe76c9p+16, "123456.789" },
        { 0x0.0000000000001p-1022, "5e-324" },
        { 0x1.fffffffffffffp+1023, "1.7976931348623157e+308" },
        { 0x1.3333333333334p-2, "0.30000000000000004" },
        { 0x1.fffffffffffffp+52, "9007199254740991.0" },
        { 0x1.0f0cf064dd592p+73, "1e+22" },
        { 0x1.52d02c7e14af6p+76, "1e+23" },
        { 0x1.0000000000000p+53, "9007199254740992.0" },
        { 0x1.a36e2eb1c432dp-14, "0.0001" },
        { -0x1.74de452e6b438p+811, "-1.989032661366619e+244" },
        { 0x1.3270e269e0d37p+594, "7.761117632285041e+178" },
        { 0x1.c7fd0a6a3a450p-826, "3.980498358697587e-249" },
        { -0x1.f0824128b2f33p+292, "-1.5432835417340557e+88" },
        { 0x1.8e811892f902bp-638, "1.3647584518757569e-192" },
        { -0x1.1985d5d9dc9f8p-684, "-1.3701135617873088e-206" },
        { 0x1.db208fa389760p-5, "0.057998924774706806" },
        { 0x1.03ce9dcdbd9d7p-1, "0.5074357331894203" },
        { 0x1.332a1858028d0p-5, "0.03749565844198488" },
        { 0x1.bc0d9d3586aa4p-2, "0.4336456836623859" },
        { 0x1.1e20b87b382e0p-4, "0.06985542357461894" },
        { 0x1.738f7d1a22dd8p-4, "0.09071301334386506" },
    };
    char text[STS_NUM_TEXT_BYTES];
    double value;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        size_t len = sts__num_double(text, cases[i].value);
        assert_int_equal(len, strlen(text));
        assert_true(len <= strlen(cases[i].repr));
        assert_int_equal(sts__num_parse_double(text, len, &value), 0);
        assert_true(value == cases[i].value);
        if (strstr(cases[i].repr, ".0") == NULL)
            assert_string_equal(text, cases[i].repr);
    }
}

static void test_num_fixed__rounds_as_python_formats(void **state)
{
    static const struct {
        double value;
        unsigned decimals;
        const char *text;
    } cases[] = {
        { 0x1.0624dd2f1a9fcp-11, 3, "0.001" },
        { 0x1.89374bc6a7efap-10, 3, "0.002" },
        { 0x1.47ae147ae147bp-9, 3, "0.003" },
        { 0x1.4000000000000p+1, 0, "2" },
        { 0x1.2f2a36ecd5555p+48, 3, "333333333333333.312" },
        { -0x1.a36e2eb1c432dp-14, 3, "-0.000" },
        { 0x1.d6f3457f35ba8p+26, 6, "123456789.987654" },
        { 0x1.0f0cf064dd592p+73, 2, "10000000000000000000000.00" },
        { 0x0.0000000000001p-1022, 20, "0.00000000000000000000" },
        { 0x1.999999999999ap-4, 20, "0.10000000000000000555" },
    };
    char text[STS_NUM_TEXT_BYTES];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(sts__num_fixed(text, cases[i].value, cases[i].decimals),
                         strlen(cases[i].text));
        assert_string_equal(text, cases[i].text);
    }
    assert_int_equal(sts__num_fixed(text, -1.7976931348623157e308, 20), 1 + 309 + 1 + 20);
}

/* Doubles of all sizes, among them ties: n / 2^k, and what stands next to them. */
static void test_num_fixed__is_what_printf_writes(void **state)
{
    char text[STS_NUM_TEXT_BYTES], expected[STS_NUM_TEXT_BYTES];
    uint64_t random = 1;

    (void)state;
    for (size_t i = 0; i < 200000; i++) {
        unsigned decimals;
        double value;

        random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
        decimals = (unsigned)(random >> 60) % 12;
        value = ldexp((double)(random >> 12 & 0xfffff), (int)(random >> 33 & 63) - 40);
        if (random >> 40 & 1)
            value = nextafter(value, random >> 41 & 1 ? 0.0 : INFINITY);
        if (random >> 42 & 1)
            value /= 1e9;
        snprintf(expected, sizeof(expected), "%.*f", (int)decimals, value);
        assert_int_equal(sts__num_fixed(text, value, decimals), strlen(expected));
        assert_string_equal(text, expected);
        snprintf(expected, sizeof(expected), "%.15g", trunc(value));
        if (fabs(value) < 1e15) {
            assert_int_equal(sts__num_double(text, trunc(value)), strlen(expected));
            assert_string_equal(text, expected);
        }
    }
}

static void test_num_parse_ns__rounds_half_to_even(void **state)
{
    static const struct {
        const char *text;
        int64_t ns;
    } cases[] = {
        { "0e999999999999", 0 },
        { "0.00000000000000000000000000000000000000000001e44", INT64_C(1000000000) },
        { "1.5", INT64_C(1500000000) },
        { "-2e-05", INT64_C(-20000) },
        { "0.0000000005", INT64_C(0) },
        { "0.0000000015", INT64_C(2) },
        { "0.00000000050000000000000000000001", INT64_C(1) },
        { "1e-9", INT64_C(1) },
        { "1E9", INT64_C(1000000000000000000) },
        { "9223372036.854775807", INT64_C(9223372036854775807) },
        { "-9223372036.854775807", INT64_C(-9223372036854775807) },
        { "123456789.123456789499999", INT64_C(123456789123456789) },
        { "0.1", INT64_C(100000000) },
        { "1.", INT64_C(1000000000) },
        { "0.0000000025", INT64_C(2) },
        { ".5", INT64_C(500000000) },
        { "12345e-13", INT64_C(1) },
        { "5e-10", INT64_C(0) },
        { "15e-10", INT64_C(2) },
        { "000000000000000000000000000001.5", INT64_C(1500000000) },
    };
    int64_t ns;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(sts__num_parse_ns(cases[i].text, strlen(cases[i].text), &ns), 0);
        assert_true(ns == cases[i].ns);
    }
}

static void test_num_parse_ns__more_than_63_bits_is_a_limit(void **state)
{
    static const char *const cases[] = {
        "9223372036.854775808", "-9223372036.854775809",  "1e10",
        "1e999999999",          "18446744073.7095516156", "99999999999999999999999999"
    };
    int64_t ns;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(sts__num_parse_ns(cases[i], strlen(cases[i]), &ns), STS_E_LIMIT);
}

static void test_num_ns_of_seconds__is_the_nearest_to_the_doubles_exact_value(void **state)
{
    static const struct {
        double seconds;
        int64_t ns;
    } cases[] = {
        { 0x1.999999999999ap-4, INT64_C(100000000) },
        { 0x1.3333333333333p-2, INT64_C(300000000) },
        { 0x1.12e0be826d695p-30, INT64_C(1) },
        { 0x1.9c511dc3a41dfp-30, INT64_C(1) },
        { 0x1.5798ee2308c3ap-29, INT64_C(3) },
        { 0x1.12e0be826d695p-31, INT64_C(1) },
        { 0x1.792d9e007e6b7p+30, INT64_C(1582000000123456717) },
        { -0x1.6666666666666p-1, INT64_C(-700000000) },
        { 0x1.1666666666666p+2, INT64_C(4350000000) },
        { 0x1.b7cdfd9d7bdbbp-34, INT64_C(0) },
        { 0x1.ec00000008970p+6, INT64_C(123000000000) },
        { 0x1.faa3b50000000p+32, INT64_C(8500000000000000000) },
        { 0x1.e1094d643f784p-29, INT64_C(3) },
        { 0x1.5555555555555p-2, INT64_C(333333333) },
        { 0x1.94da615247bccp+28, INT64_C(424519189142513990) },
        { 0x1.448a16f905338p-10, INT64_C(1238020) },
        { 0x1.2cb4b3ddda990p+29, INT64_C(630625915731737137) },
        { 0x1.c3e72073a7f29p+29, INT64_C(947708942457005620) },
        { 0x1.92618954007b8p-28, INT64_C(6) },
        { 0x1.4f704ea619fdcp-27, INT64_C(10) },
        { 0x1.75924d1f4c9fep-18, INT64_C(5567) },
        { 0x1.84b4fe3a08283p-19, INT64_C(2896) },
    };
    int64_t ns;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(sts__num_ns_of_seconds(cases[i].seconds, &ns), 0);
        assert_true(ns == cases[i].ns);
    }
    assert_int_equal(sts__num_ns_of_seconds(9.3e9, &ns), STS_E_LIMIT);
    assert_int_equal(sts__num_ns_of_seconds(-1e300, &ns), STS_E_LIMIT);
    assert_int_equal(sts__num_ns_of_seconds(strtod("nan", NULL), &ns), STS_E_LIMIT);
    assert_int_equal(sts__num_ns_of_seconds(strtod("inf", NULL), &ns), STS_E_LIMIT);
}

static void test_num_seconds_of_ns__is_the_nearest_double(void **state)
{
    static const struct {
        int64_t ns;
        double seconds;
    } cases[] = {
        { INT64_C(1), 0x1.12e0be826d695p-30 },
        { INT64_C(3), 0x1.9c511dc3a41dfp-29 },
        { INT64_C(333333333), 0x1.5555554f9b516p-2 },
        { INT64_C(9007199254740993), 0x1.12e0be826d695p+23 },
        { INT64_C(4611686018427387905), 0x1.12e0be826d695p+32 },
        { INT64_C(-9007199254740995), -0x1.12e0be826d696p+23 },
        { INT64_C(9223372036854775807), 0x1.12e0be826d695p+33 },
        { INT64_MIN, -0x1.12e0be826d695p+33 },
        { INT64_C(1582000000123456789), 0x1.792d9e007e6b7p+30 },
        { INT64_C(543220800131064812), 0x1.030722010c6bbp+29 },
        { INT64_C(1422621324121433688), 0x1.532dea307c592p+30 },
        { INT64_C(3763718511481652568), 0x1.c0ab92def69b3p+31 },
        { INT64_C(833453327434365588), 0x1.8d6be87b7994bp+29 },
        { INT64_C(2682157341073333218), 0x1.3fbcf23a258bfp+31 },
        { INT64_C(2946468311924896617), 0x1.5f3f13afd98c1p+31 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_true(sts__num_seconds_of_ns(cases[i].ns) == cases[i].seconds);
}

static void test_num_parse_double__reads_what_json_writes(void **state)
{
    double value;

    (void)state;
    assert_int_equal(sts__num_parse_double("-1.25e2", 7, &value), 0);
    assert_true(value == -125.0);
    assert_int_equal(sts__num_parse_double("0.1", 3, &value), 0);
    assert_true(value == 0.1);
    assert_int_equal(sts__num_parse_double("1e-400", 6, &value), 0);
    assert_true(value == 0.0);
    assert_int_equal(sts__num_parse_double("1e400", 5, &value), STS_E_LIMIT);
}

static void test_num_muldiv__keeps_all_128_bits(void **state)
{
    static const struct {
        uint64_t a, b, c, quotient, rest;
    } cases[] = {
        { UINT64_C(18446744073709551615), UINT64_C(18446744073709551615),
          UINT64_C(18446744073709551615), UINT64_C(18446744073709551615), UINT64_C(0) },
        { UINT64_C(18446744073709551615), UINT64_C(1), UINT64_C(3), UINT64_C(6148914691236517205),
          UINT64_C(0) },
        { UINT64_C(0), UINT64_C(5), UINT64_C(7), UINT64_C(0), UINT64_C(0) },
        { UINT64_C(9223372036854775808), UINT64_C(9223372036854775807),
          UINT64_C(9223372036854775808), UINT64_C(9223372036854775807), UINT64_C(0) },
        { UINT64_C(6869522164640927941), UINT64_C(1158252176259998754),
          UINT64_C(10104101917936399826), UINT64_C(787466225270089881),
          UINT64_C(4006282893491024808) },
        { UINT64_C(1099447532108017859), UINT64_C(3799267732704684465),
          UINT64_C(12551164187995604260), UINT64_C(332805425056499365),
          UINT64_C(5623931911698565535) },
        { UINT64_C(7887685854882091362), UINT64_C(5794992457191552792),
          UINT64_C(10801709783547227920), UINT64_C(4231652298542646933),
          UINT64_C(10700670613750213344) },
        { UINT64_C(8359776232105486215), UINT64_C(5529725096132913496),
          UINT64_C(14653714999476281975), UINT64_C(3154644704798837661),
          UINT64_C(5967739535729997165) },
        { UINT64_C(12894171407449403802), UINT64_C(4502785970640448032),
          UINT64_C(10596247196522541887), UINT64_C(5479269503598434907),
          UINT64_C(7602748506013768155) },
        { UINT64_C(9688165431753121877), UINT64_C(13455890509846152653),
          UINT64_C(16143437395134509574), UINT64_C(8075287195664822865),
          UINT64_C(13116793264899280171) },
        { UINT64_C(5311514210678000698), UINT64_C(2177929194006989518),
          UINT64_C(18081034654816976124), UINT64_C(639792029862447404),
          UINT64_C(209914340808901468) },
        { UINT64_C(7713004698735609788), UINT64_C(2803619777439922222),
          UINT64_C(13966785042261406932), UINT64_C(1548268441980756630),
          UINT64_C(6098849270774949776) },
    };
    uint64_t rest;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_true(sts__num_muldiv(cases[i].a, cases[i].b, cases[i].c, &rest) ==
                    cases[i].quotient);
        assert_true(rest == cases[i].rest);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_num_seconds__are_exact),
        cmocka_unit_test(test_num_i64__reaches_both_ends),
        cmocka_unit_test(test_num_parse__what_is_no_number_is_refused),
        cmocka_unit_test(test_num_double__is_the_shortest_that_reads_back),
        cmocka_unit_test(test_num_fixed__rounds_as_python_formats),
        cmocka_unit_test(test_num_fixed__is_what_printf_writes),
        cmocka_unit_test(test_num_parse_ns__rounds_half_to_even),
        cmocka_unit_test(test_num_parse_ns__more_than_63_bits_is_a_limit),
        cmocka_unit_test(test_num_ns_of_seconds__is_the_nearest_to_the_doubles_exact_value),
        cmocka_unit_test(test_num_seconds_of_ns__is_the_nearest_double),
        cmocka_unit_test(test_num_parse_double__reads_what_json_writes),
        cmocka_unit_test(test_num_muldiv__keeps_all_128_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
