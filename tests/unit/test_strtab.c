/* SPDX-License-Identifier: MIT */
/*
 * test_strtab.c - texts stored once, many of them, and texts made to collide.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <statslice/error.h>

#include "base/hash.h"
#include "base/strtab.h"

static void test_strtab_add__equal_texts_have_one_id(void **state)
{
    struct sts__strtab tab;
    uint32_t first, second, other;
    (void)state;

    sts__strtab_init(&tab);
    assert_int_equal(sts__strtab_add(&tab, "shop.py", 7, &first), 0);
    assert_int_equal(sts__strtab_add(&tab, "shop.pyc", 8, &other), 0);
    assert_int_equal(sts__strtab_add(&tab, "shop.pyx", 7, &second), 0);
    assert_int_equal(first, second);
    assert_int_not_equal(first, other);
    assert_string_equal(sts__strtab_text(&tab, first), "shop.py");
    assert_int_equal(sts__strtab_len(&tab, other), 8);
    sts__strtab_deinit(&tab);
}

static void test_strtab_add__half_a_million_like_names(void **state)
{
    struct sts__strtab tab;
    char text[32];
    uint32_t id;
    (void)state;

    sts__strtab_init(&tab);
    for (uint32_t i = 0; i < 500000; i++) {
        int len = snprintf(text, sizeof(text), "handler_%08u_%04u", i, i % 7);
        assert_int_equal(sts__strtab_add(&tab, text, (size_t)len, &id), 0);
        assert_int_equal(id, i);
    }
    sts__strtab_deinit(&tab);
}

/* One round of sts__hash_bytes: two words after which it is equal make equal hashes. */
static uint64_t hash_round(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0xbf58476d1ce4e5b9);
    return hash ^ hash >> 32;
}

static void test_strtab_add__texts_made_to_collide_are_refused(void **state)
{
    const uint64_t begin = UINT64_C(0x9e3779b97f4a7c15) ^ 16;
    struct sts__strtab tab;
    uint64_t words[2] = { 0, UINT64_C(0x6162636465666768) };
    uint64_t second_state = hash_round(begin, 0) ^ words[1];
    uint64_t hash = sts__hash_bytes(words, sizeof(words));
    uint32_t id;
    int r = 0;
    (void)state;

    sts__strtab_init(&tab);
    for (uint64_t i = 0; r == 0 && i < 5000; i++) {
        words[0] = i;
        words[1] = hash_round(begin, i) ^ second_state;
        assert_true(sts__hash_bytes(words, sizeof(words)) == hash);
        r = sts__strtab_add(&tab, (const char *)words, sizeof(words), &id);
    }
    assert_int_equal(r, STS_E_LIMIT);
    assert_int_equal(tab.entry_count, STS_HASH_PROBES_MAX);
    sts__strtab_deinit(&tab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strtab_add__equal_texts_have_one_id),
        cmocka_unit_test(test_strtab_add__half_a_million_like_names),
        cmocka_unit_test(test_strtab_add__texts_made_to_collide_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
