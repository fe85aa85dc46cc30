/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "keyed_hash.h"

/* SipHash-2-4, 64 bit: key 00..0f, message 00..(n-1); the authors' table of test vectors. */
static void
test_published_vectors(void **state)
{
    static const struct {
        size_t len;
        uint64_t hash;
    } vectors[] = {
        {0, 0x726fdb47dd0e0e31}, {1, 0x74f839c593dc67fd},  {7, 0xab0200f58b01d137},
        {8, 0x93f5f5799a932462}, {15, 0xa129ca6149be45e5}, {63, 0x958a324ceb064572},
    };
    struct cw_hash_key key;
    uint8_t message[63];
    (void)state;
    for (uint8_t i = 0; i < sizeof(message); i++) {
        message[i] = i;
        key.bytes[i % sizeof(key.bytes)] = i % sizeof(key.bytes);
    }
    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        uint8_t *copy =
            malloc(vectors[i].len + (vectors[i].len == 0)); /* exact: ASan sees a byte over */
        memcpy(copy, message, vectors[i].len);
        assert_int_equal(cw_keyed_hash(&key, copy, vectors[i].len), vectors[i].hash);
        free(copy);
    }
}

static void
test_keys_are_not_repeated(void **state)
{
    struct cw_hash_key a = {{0}}, b = {{0}};
    (void)state;
    assert_true(cw_hash_key_random(&a));
    assert_true(cw_hash_key_random(&b));
    assert_memory_not_equal(a.bytes, b.bytes, sizeof(a.bytes));
    assert_int_not_equal(cw_keyed_hash(&a, "x", 1), cw_keyed_hash(&b, "x", 1));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_vectors),
        cmocka_unit_test(test_keys_are_not_repeated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
