/* SPDX-License-Identifier: MIT */
/*
 * test_checksum.c - store/checksum.c, checksum_avx2.c: the checksum of what is stored.
 */
#include "store/checksum.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BYTES_MAX 70000

/* The values are those of xxhsum -H3 (0.8.1). */
static void test_checksum__is_xxh3(void **state)
{
    uint8_t *bytes = calloc(1, BYTES_MAX);

    (void)state;
    assert_non_null(bytes);
    assert_true(sts__checksum("statslice", 9, 0) == UINT64_C(0xb08e88a08015f759));
    assert_true(sts__checksum(bytes, 16384, 0) == UINT64_C(0xb7ce04b81707a4d0));
    free(bytes);
}

static void test_checksum__every_way_gives_the_same(void **state)
{
    uint8_t *bytes = malloc(BYTES_MAX);
    uint64_t random = 1;

    (void)state;
    assert_non_null(bytes);
    if (!sts__checksum_has_avx2())
        skip();
    for (size_t i = 0; i < BYTES_MAX; i++) {
        random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
        bytes[i] = (uint8_t)(random >> 56);
    }
    for (size_t len = 0; len <= BYTES_MAX; len += len < 3000 ? 1 : 997) {
        uint64_t sum = sts__checksum_plain(bytes, len, len * 3);
        assert_true(sts__checksum_avx2(bytes, len, len * 3) == sum);
        assert_true(sts__checksum(bytes, len, len * 3) == sum);
    }
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_checksum__is_xxh3),
        cmocka_unit_test(test_checksum__every_way_gives_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
