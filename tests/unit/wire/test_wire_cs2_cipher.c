/* SPDX-License-Identifier: Apache-2.0
 *
 * The CS2 cipher against the published and computed rows of protocols_p2p.md 2.
 */
#include "wire/cs2_cipher.h"

#include "wire_probe.h"

struct row {
    const char *key;
    const char *k;
    const char *cipher; /* of one message */
    const char *plain;
};

static const struct row rows[] = {
    {"camera", "6997cc19", "2cba5f5d", "f1300000"},
    {"camera", "6997cc19", "2c8ab914", "f1000000"},
    {"camera", "6997cc19", "2ccb6293", "f1410014"},
    {"camera", "6997cc19", "2cc872e4", "f1420014"},
    {"camera", "6997cc19", "2c6ada84", "f1e00000"},
    {"camera", "6997cc19", "2caabd83", "f1200024"},
    {"camera", "6997cc19", "2c9a54c5", "f1100028"},
    {"SHIX", "3cc4680a", "9fa1eeb9", "f1300000"},
    {"SHIX", "3cc4680a", "9f912a19", "f1000000"},
    {"SHIX", "3cc4680a", "9fd030f8", "f1410014"},
    {"SHIX", "3cc4680a", "9f81b5fd", "f1100028"},
    {"SSD@cs2-network.", "9769d65b", "b1a6bb9a", "f1300000"},
    {"SSD@cs2-network.", "9769d65b", "b1d7d1be", "f1410014"},
    {"SSD@cs2-network.", "9769d65b", "b1666e0d", "f1f00000"},
    {"aqarakr19kn", "26da5e76", "28378fde", "f1300000"},
    {"aqarakr19kn", "26da5e76", "28d77f766e8d11", "f1d000f8d10000"},
};

static void
published_rows_decipher(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct cw_cs2_key key = cw_cs2_key_of(cw_bytes_text(rows[i].key));
        struct probe_message k = probe_hex(rows[i].k), cipher = probe_hex(rows[i].cipher),
                             plain = probe_hex(rows[i].plain);
        uint8_t out[16];
        assert_memory_equal(key.k, k.bytes, 4);
        cw_cs2_decipher(&key, cw_bytes(cipher.bytes, cipher.len), out);
        assert_memory_equal(out, plain.bytes, plain.len);
    }
}

static void
table_is_a_permutation(void **state)
{
    (void)state;
    const struct cw_cs2_key zero = {{0}};
    for (unsigned i = 0; i < 256; i++) {
        assert_int_equal(cw_cs2_invert(cw_cs2_keystream(&zero, (uint8_t)i)), i);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_rows_decipher),
        cmocka_unit_test(table_is_a_permutation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
