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

#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "unpack.h"

enum { PLAIN_BYTES = 6000, PACKED_MAX = 16384 };

static uint8_t plain[PLAIN_BYTES];
static char path[] = "/tmp/test_unpack.XXXXXX";

/* Half of it packs well, half does not. */
static int
make_plain(void **state)
{
    (void)state;
    uint32_t seed = 1;
    for (size_t i = 0; i < PLAIN_BYTES; i++) {
        seed = seed * 1664525 + 1013904223;
        plain[i] = i < PLAIN_BYTES / 2 ? (uint8_t)(i / 100) : (uint8_t)(seed >> 24);
    }
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int
remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

static size_t
gzip_pack(const uint8_t *from, size_t size, uint8_t *to)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)from,
                  .avail_in = (uInt)size,
                  .next_out = to,
                  .avail_out = PACKED_MAX};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    size_t n = z.total_out;
    assert_int_equal(deflateEnd(&z), Z_OK);
    return n;
}

static size_t
zstd_pack(const uint8_t *from, size_t size, uint8_t *to)
{
    size_t n = ZSTD_compress(to, PACKED_MAX, from, size, 3);
    assert_false(ZSTD_isError(n));
    return n;
}

/* What comes out of so many bytes, and with which fault. */
static size_t
unpack(const uint8_t *packed, size_t size, uint8_t *out, char *fault, size_t room)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(packed, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    struct camwatch_error error = {""};
    struct cw_unpack *u = cw_unpack_open(path, 512, NULL, &error);
    assert_non_null(u);
    size_t n = fread(out, 1, PLAIN_BYTES + 1, cw_unpack_file(u));
    (void)snprintf(fault, room, "%s", cw_unpack_fault(u));
    assert_true(cw_unpack_taken(u) <= size);
    (void)fclose(cw_unpack_file(u));
    cw_unpack_free(u);
    return n;
}

static void
check_every_cut(size_t (*pack)(const uint8_t *, size_t, uint8_t *))
{
    static uint8_t packed[2 * PACKED_MAX], out[PLAIN_BYTES + 1];
    char fault[128];
    size_t border = pack(plain, 2500, packed); /* two members */
    size_t size = border + pack(plain + 2500, PLAIN_BYTES - 2500, packed + border);
    assert_int_equal(unpack(packed, size, out, fault, sizeof(fault)), PLAIN_BYTES);
    assert_memory_equal(out, plain, PLAIN_BYTES);
    assert_string_equal(fault, "");
    for (size_t cut = 4; cut < size; cut++) { /* with less nobody can tell what it is */
        size_t n = unpack(packed, cut, out, fault, sizeof(fault));
        assert_true(n <= PLAIN_BYTES);
        assert_memory_equal(out, plain, n);
        if (cut == border) {
            assert_int_equal(n, 2500);
            assert_string_equal(fault, "");
        } else if (!strstr(fault, "ends in the middle")) {
            fail_msg("cut at %zu of %zu: '%s'", cut, size, fault);
        }
    }
}

static void
test_gzip_cut_everywhere(void **state)
{
    (void)state;
    check_every_cut(gzip_pack);
}

static void
test_zstandard_cut_everywhere(void **state)
{
    (void)state;
    check_every_cut(zstd_pack);
}

static void
test_every_byte_damaged_ends_in_order(void **state)
{
    (void)state;
    static uint8_t packed[PACKED_MAX], out[PLAIN_BYTES + 1];
    char fault[128];
    for (unsigned kind = 0; kind < 2; kind++) {
        size_t size = kind == 0 ? gzip_pack(plain, PLAIN_BYTES, packed)
                                : zstd_pack(plain, PLAIN_BYTES, packed);
        for (size_t i = 4; i < size; i += 7) {
            packed[i] ^= 0x55;
            (void)unpack(packed, size, out, fault, sizeof(fault));
            packed[i] ^= 0x55;
        }
    }
}

static void
test_what_is_not_packed_passes_through(void **state)
{
    (void)state;
    uint8_t out[PLAIN_BYTES + 1];
    char fault[128];
    for (size_t n = 0; n <= 8; n++) {
        assert_int_equal(unpack(plain, n, out, fault, sizeof(fault)), n);
    }
    assert_int_equal(unpack(plain, PLAIN_BYTES, out, fault, sizeof(fault)), PLAIN_BYTES);
    assert_memory_equal(out, plain, PLAIN_BYTES);
    assert_string_equal(fault, "");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gzip_cut_everywhere),
        cmocka_unit_test(test_zstandard_cut_everywhere),
        cmocka_unit_test(test_every_byte_damaged_ends_in_order),
        cmocka_unit_test(test_what_is_not_packed_passes_through),
    };
    return cmocka_run_group_tests(tests, make_plain, remove_file);
}
