/* SPDX-License-Identifier: MIT */
/*
 * test_palette.c - chart/palette.c: colours are told apart, also by the colour-blind.
 *
 * Simulation: Machado, Oliveira, Fernandes, "A Physiologically-based Model for Simulation of Color
 * Vision Deficiency" (2009), the matrices of severity 1.0, applied to linear sRGB.
 * Distance: CIE 1976 Lab under D65; 2.3 is just noticeable.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "chart/palette.h"
#include "chart_helper.h"

#define APART          23.0 /* any two of the first colours, for everyone */
#define APART_BLIND    13.0 /* the same without one kind of cones */
#define APART_OTHER    11.0 /* from the grey of other */
#define PAPER_CONTRAST 1.25

struct color {
    double x, y, z;
};

static const double visions[][3][3] = {
    { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } },
    { { 0.152286, 1.052583, -0.204868 },
      { 0.114503, 0.786281, 0.099216 },
      { -0.003882, -0.048116, 1.051998 } }, /* protanopia */
    { { 0.367322, 0.860646, -0.227968 },
      { 0.280085, 0.672501, 0.047413 },
      { -0.011820, 0.042940, 0.968881 } }, /* deuteranopia */
};

static double linear(unsigned value)
{
    double share = value / 255.0;

    return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4);
}

static struct color times(const double m[3][3], struct color c)
{
    return (struct color){ m[0][0] * c.x + m[0][1] * c.y + m[0][2] * c.z,
                           m[1][0] * c.x + m[1][1] * c.y + m[1][2] * c.z,
                           m[2][0] * c.x + m[2][1] * c.y + m[2][2] * c.z };
}

static double lab_part(double share)
{
    return share > 216.0 / 24389 ? cbrt(share) : (24389.0 / 27 * share + 16) / 116;
}

static struct color lab_of(struct sts__rgb rgb, const double vision[3][3])
{
    static const double xyz[3][3] = { { 0.4124564, 0.3575761, 0.1804375 },
                                      { 0.2126729, 0.7151522, 0.0721750 },
                                      { 0.0193339, 0.1191920, 0.9503041 } };
    struct color seen =
        times(vision, (struct color){ linear(rgb.r), linear(rgb.g), linear(rgb.b) });
    struct color at = times(xyz, (struct color){ fmin(fmax(seen.x, 0), 1), fmin(fmax(seen.y, 0), 1),
                                                 fmin(fmax(seen.z, 0), 1) });
    double x = lab_part(at.x / 0.95047), y = lab_part(at.y), z = lab_part(at.z / 1.08883);

    return (struct color){ 116 * y - 16, 500 * (x - y), 200 * (y - z) };
}

static double distance(struct sts__rgb a, struct sts__rgb b, size_t vision)
{
    struct color p = lab_of(a, visions[vision]), q = lab_of(b, visions[vision]);

    return sqrt((p.x - q.x) * (p.x - q.x) + (p.y - q.y) * (p.y - q.y) + (p.z - q.z) * (p.z - q.z));
}

static void test_lab__of_known_colours(void **state)
{
    struct color white, red;

    (void)state;
    white = lab_of((struct sts__rgb){ 255, 255, 255 }, visions[0]);
    red = lab_of((struct sts__rgb){ 255, 0, 0 }, visions[0]);
    assert_float_equal(white.x, 100, 0.01);
    assert_float_equal(red.x, 53.24, 0.05); /* as published for sRGB's red: 53.24, 80.09, 67.20 */
    assert_float_equal(red.y, 80.09, 0.05);
    assert_float_equal(red.z, 67.20, 0.05);
}

static void test_palette__the_first_colours_differ_for_every_eye(void **state)
{
    size_t bad = 0;

    (void)state;
    for (size_t vision = 0; vision < 3; vision++)
        for (int dark = 0; dark < 2; dark++)
            for (size_t a = 0; a < STS__PALETTE_FIRST; a++)
                for (size_t b = 0; b < a; b++) {
                    double apart =
                        distance(sts__palette_color(a, dark), sts__palette_color(b, dark), vision);
                    if (apart >= (vision == 0 ? APART : APART_BLIND))
                        continue;
                    print_message("vision %zu dark %d: %zu and %zu are %.1f apart\n", vision, dark,
                                  b, a, apart);
                    bad++;
                }
    assert_int_equal(bad, 0);
}

static void test_palette__other_is_no_functions_colour(void **state)
{
    size_t bad = 0;

    (void)state;
    for (size_t vision = 0; vision < 3; vision++)
        for (int dark = 0; dark < 2; dark++)
            for (size_t a = 0; a < STS__PALETTE_FIRST; a++) {
                double apart = distance(sts__palette_color(a, dark),
                                        sts__palette_ink(STS__INK_OTHER, dark), vision);
                if (apart >= APART_OTHER)
                    continue;
                print_message("vision %zu dark %d: %zu is %.1f from other\n", vision, dark, a,
                              apart);
                bad++;
            }
    assert_int_equal(bad, 0);
}

static void test_palette__all_twenty_differ_for_most_eyes(void **state)
{
    (void)state;
    for (int dark = 0; dark < 2; dark++)
        for (size_t a = 0; a < STS__PALETTE_SIZE; a++)
            for (size_t b = 0; b < a; b++)
                assert_true(distance(sts__palette_color(a, dark), sts__palette_color(b, dark), 0) >
                            7);
}

static double luminance(struct sts__rgb rgb)
{
    return 0.2126 * linear(rgb.r) + 0.7152 * linear(rgb.g) + 0.0722 * linear(rgb.b);
}

/* As WCAG 2 defines it. */
static double contrast(struct sts__rgb a, struct sts__rgb b)
{
    double p = luminance(a) + 0.05, q = luminance(b) + 0.05;

    return p > q ? p / q : q / p;
}

static void test_palette__is_seen_on_its_paper(void **state)
{
    (void)state;
    for (int dark = 0; dark < 2; dark++) {
        struct sts__rgb paper = sts__palette_ink(STS__INK_PAPER, dark);
        for (size_t i = 0; i < STS__PALETTE_SIZE; i++)
            assert_true(contrast(sts__palette_color(i, dark), paper) > PAPER_CONTRAST);
        /* texts: WCAG AA */
        assert_true(contrast(sts__palette_ink(STS__INK_TEXT, dark), paper) > 4.5);
        assert_true(contrast(sts__palette_ink(STS__INK_MUTED, dark), paper) > 4.5);
    }
}

static void test_assign__no_colour_twice_up_to_the_palettes_size(void **state)
{
    (void)state;
    for (size_t count = 0; count <= STS__PALETTE_SIZE; count++) {
        struct sts_series *series = helper_series(STS_METRIC_TOTTIME, 1, count);
        uint8_t colors[STS__PALETTE_SIZE];
        bool used[STS__PALETTE_SIZE] = { false };
        sts__palette_assign(series, colors);
        for (size_t i = 0; i < count; i++) {
            assert_true(colors[i] < STS__PALETTE_SIZE && !used[colors[i]]);
            assert_int_equal(colors[i] < STS__PALETTE_FIRST, i < STS__PALETTE_FIRST);
            used[colors[i]] = true;
        }
        sts_series_free(series);
    }
}

static void test_assign__a_function_keeps_its_colour_from_chart_to_chart(void **state)
{
    struct sts_series *one = helper_series(STS_METRIC_TOTTIME, 1, 1);
    struct sts_series *many = helper_series(STS_METRIC_NCALLS, 7, 9);
    uint8_t color_of_one, colors[9];

    (void)state;
    sts__palette_assign(one, &color_of_one);
    sts__palette_assign(many, colors);
    assert_int_equal(colors[0], color_of_one);
    sts_series_free(one);
    sts_series_free(many);
}

static void test_assign__more_columns_than_colours(void **state)
{
    struct sts_series *series = helper_series(STS_METRIC_TOTTIME, 1, 1000);
    uint8_t colors[1000];

    (void)state;
    sts__palette_assign(series, colors);
    for (size_t i = 0; i < 1000; i++)
        assert_true(colors[i] < STS__PALETTE_SIZE);
    sts_series_free(series);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lab__of_known_colours),
        cmocka_unit_test(test_palette__the_first_colours_differ_for_every_eye),
        cmocka_unit_test(test_palette__other_is_no_functions_colour),
        cmocka_unit_test(test_palette__all_twenty_differ_for_most_eyes),
        cmocka_unit_test(test_palette__is_seen_on_its_paper),
        cmocka_unit_test(test_assign__no_colour_twice_up_to_the_palettes_size),
        cmocka_unit_test(test_assign__a_function_keeps_its_colour_from_chart_to_chart),
        cmocka_unit_test(test_assign__more_columns_than_colours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
