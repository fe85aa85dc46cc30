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

#include "capture_file.h"

/* Blocks as draft-ietf-opsawg-pcapng 3 and 4 describe them. */
enum { SECTION = 0x0A0D0D0A, ETHERNET = 1, COOKED = 113, FILE_MAX = 1024, BUFFER = 64 };

struct file {
    uint8_t bytes[FILE_MAX];
    size_t len;
    bool is_swapped;
};

static void
add32(struct file *f, uint32_t value)
{
    value = f->is_swapped ? __builtin_bswap32(value) : value;
    memcpy(f->bytes + f->len, &value, sizeof(value));
    f->len += sizeof(value);
}

static void
add16(struct file *f, uint16_t value)
{
    value = f->is_swapped ? __builtin_bswap16(value) : value;
    memcpy(f->bytes + f->len, &value, sizeof(value));
    f->len += sizeof(value);
}

static size_t
begin(struct file *f, uint32_t type)
{
    size_t at = f->len;
    add32(f, type);
    add32(f, 0);
    return at;
}

/* Pads and writes the length at both ends. */
static void
end(struct file *f, size_t at)
{
    while (f->len % 4 != 0) {
        f->bytes[f->len++] = 0;
    }
    uint32_t len = (uint32_t)(f->len + 4 - at);
    add32(f, len);
    size_t after = f->len;
    f->len = at + 4;
    add32(f, len);
    f->len = after;
}

static void
add_section(struct file *f, uint16_t major)
{
    size_t at = begin(f, SECTION);
    add32(f, 0x1A2B3C4D);
    add16(f, major);
    add16(f, 0);
    add32(f, UINT32_MAX);
    add32(f, UINT32_MAX);
    end(f, at);
}

/* resolution: of if_tsresol; offset: of if_tsoffset, below 2^32. */
static void
add_interface(struct file *f, uint16_t link, uint32_t snaplen, uint8_t resolution,
              uint32_t offset)
{
    size_t at = begin(f, 1);
    add16(f, link);
    add16(f, 0);
    add32(f, snaplen);
    add16(f, 2); /* if_name, which nobody reads */
    add16(f, 3);
    memcpy(f->bytes + f->len, "en0", 4);
    f->len += 4;
    add16(f, 9);
    add16(f, 1);
    f->bytes[f->len] = resolution;
    memset(f->bytes + f->len + 1, 0, 3);
    f->len += 4;
    add16(f, 14);
    add16(f, 8);
    add32(f, f->is_swapped ? 0 : offset);
    add32(f, f->is_swapped ? offset : 0);
    add32(f, 0); /* opt_endofopt */
    end(f, at);
}

static void
add_packet(struct file *f, uint32_t interface, uint64_t ticks, uint32_t stored, uint32_t wire)
{
    size_t at = begin(f, 6);
    add32(f, interface);
    add32(f, (uint32_t)(ticks >> 32));
    add32(f, (uint32_t)ticks);
    add32(f, stored);
    add32(f, wire);
    memset(f->bytes + f->len, (int)stored, stored);
    f->len += stored;
    end(f, at);
}

static void
add_old_packet(struct file *f, uint16_t interface, uint64_t ticks, uint32_t stored)
{
    size_t at = begin(f, 2);
    add16(f, interface);
    add16(f, 0);
    add32(f, (uint32_t)(ticks >> 32));
    add32(f, (uint32_t)ticks);
    add32(f, stored);
    add32(f, stored);
    memset(f->bytes + f->len, (int)stored, stored);
    f->len += stored;
    end(f, at);
}

static void
expect_frame(struct cw_capture *capture, uint32_t link, uint32_t stored, int64_t time_ns)
{
    struct camwatch_frame frame;
    assert_true(cw_capture_next(capture, &frame));
    assert_int_equal(frame.link_type, link);
    assert_int_equal(frame.captured, stored);
    assert_int_equal(frame.bytes[stored - 1], stored);
    assert_int_equal(frame.time_ns, time_ns);
    assert_int_equal(frame.file, 3);
}

static void
expect_end(struct cw_capture *capture, const char *fault)
{
    struct camwatch_frame frame;
    assert_false(cw_capture_next(capture, &frame));
    if (*fault) {
        assert_non_null(strstr(cw_capture_fault(capture), fault));
    } else {
        assert_string_equal(cw_capture_fault(capture), "");
    }
    cw_capture_close(capture);
}

static void
add_two_interfaces(struct file *f)
{
    add_section(f, 1);
    add_interface(f, ETHERNET, 262144, 6, 0);
    add_packet(f, 0, 1700000000000001, 18, 60);
    add_interface(f, COOKED, 8192, 9, 0);
    add_packet(f, 1, 1700000000000000002, 21, 21);
    add_packet(f, 0, 1700000000000003, 19, 19);
}

static void
check_two_interfaces(bool is_swapped)
{
    struct file f = {.is_swapped = is_swapped};
    add_two_interfaces(&f);
    capture_file_write(f.bytes, f.len);
    struct cw_capture *capture = capture_file_open(BUFFER);
    expect_frame(capture, ETHERNET, 18, 1700000000000001000);
    expect_frame(capture, COOKED, 21, 1700000000000000002);
    expect_frame(capture, ETHERNET, 19, 1700000000000003000);
    expect_end(capture, "");
}

static void
test_interfaces_of_two_link_types(void **state)
{
    (void)state;
    check_two_interfaces(false);
    check_two_interfaces(true);
}

/* A section begins anew: its byte order and its interfaces are its own. */
static void
test_sections(void **state)
{
    (void)state;
    struct file f = {.is_swapped = false};
    add_two_interfaces(&f);
    f.is_swapped = true;
    add_section(&f, 1);
    add_interface(&f, COOKED, 0, 6, 5);
    add_packet(&f, 0, 1700000000000004, 22, 22);
    add_packet(&f, 1, 1700000000000005, 22, 22);
    capture_file_write(f.bytes, f.len);
    struct cw_capture *capture = capture_file_open(BUFFER);
    expect_frame(capture, ETHERNET, 18, 1700000000000001000);
    expect_frame(capture, COOKED, 21, 1700000000000000002);
    expect_frame(capture, ETHERNET, 19, 1700000000000003000);
    expect_frame(capture, COOKED, 22, 1700000005000004000);
    expect_end(capture, "packet of interface 1");
}

static void
check_clock(uint8_t resolution, uint64_t ticks, int64_t time_ns)
{
    struct file f = {.is_swapped = false};
    add_section(&f, 1);
    add_interface(&f, ETHERNET, 0, resolution, 0);
    add_packet(&f, 0, ticks, 20, 20);
    capture_file_write(f.bytes, f.len);
    struct cw_capture *capture = capture_file_open(BUFFER);
    expect_frame(capture, ETHERNET, 20, time_ns);
    expect_end(capture, "");
}

static void
test_clocks(void **state)
{
    (void)state;
    check_clock(0, 7, 7000000000);
    check_clock(3, 7001, 7001000000);
    check_clock(12, 7000000001999, 7000000001);
    check_clock(0x80, 7, 7000000000);
    check_clock(0x80 + 1, 15, 7500000000);
    check_clock(0x80 + 63, (UINT64_C(1) << 63) + (UINT64_C(1) << 62), 1500000000);
    check_clock(0, UINT64_MAX, INT64_MAX);
}

/* Packets of the two older kinds: one without a time. */
static void
test_older_blocks(void **state)
{
    (void)state;
    struct file f = {.is_swapped = false};
    add_section(&f, 1);
    add_interface(&f, ETHERNET, 0, 6, 0);
    add_old_packet(&f, 0, 1700000000000001, 24);
    size_t at = begin(&f, 3);
    add32(&f, 17);
    memset(f.bytes + f.len, 17, 17);
    f.len += 17;
    end(&f, at);
    capture_file_write(f.bytes, f.len);
    struct cw_capture *capture = capture_file_open(BUFFER);
    expect_frame(capture, ETHERNET, 24, 1700000000000001000);
    expect_frame(capture, ETHERNET, 17, 0);
    expect_end(capture, "");
}

static unsigned
count_frames(struct cw_capture *capture)
{
    struct camwatch_frame frame;
    unsigned n = 0;
    while (cw_capture_next(capture, &frame)) {
        n++;
    }
    return n;
}

/* Packets before the cut are given; a cut inside a block is told. */
static void
test_every_truncation(void **state)
{
    (void)state;
    struct file f = {.is_swapped = false};
    size_t ends[7] = {0};
    add_section(&f, 1);
    ends[0] = f.len;
    add_interface(&f, ETHERNET, 0, 6, 0);
    ends[1] = f.len;
    add_packet(&f, 0, 1, 18, 18);
    ends[2] = f.len;
    add_packet(&f, 0, 2, 19, 19);
    ends[3] = f.len;
    for (size_t len = ends[0]; len <= ends[3]; len++) {
        capture_file_write(f.bytes, len);
        struct cw_capture *capture = capture_file_open(BUFFER);
        bool is_whole = len == ends[0] || len == ends[1] || len == ends[2] || len == ends[3];
        assert_int_equal(count_frames(capture), (len >= ends[2]) + (len >= ends[3]));
        assert_int_equal(cw_capture_fault(capture)[0] == '\0', is_whole);
        assert_true(is_whole || strstr(cw_capture_fault(capture), "truncated dump file"));
        cw_capture_close(capture);
    }
}

static void
expect_refusal(const struct file *f, size_t len, const char *why)
{
    struct camwatch_error error = {""};
    capture_file_write(f->bytes, len);
    assert_null(cw_capture_open(capture_file_path(), 3, BUFFER, NULL, &error));
    assert_non_null(strstr(error.text, why));
}

static void
test_section_headers_of_nonsense(void **state)
{
    (void)state;
    struct file f = {.is_swapped = false};
    add_section(&f, 1);
    for (size_t len = 1; len < f.len; len++) {
        expect_refusal(&f, len, "truncated dump file");
    }
    f.bytes[8] ^= 1;
    expect_refusal(&f, f.len, "neither pcap nor pcapng");
    f.bytes[0] = '\n';
    f.bytes[1] = 'x';
    expect_refusal(&f, f.len, "neither pcap nor pcapng");
    struct file other = {.is_swapped = false};
    add_section(&other, 2);
    expect_refusal(&other, other.len, "major version number 2");
}

/* One word of a good file is replaced. */
static void
check_word(size_t at_of_interface, size_t at_of_packet, uint32_t value, const char *fault)
{
    struct file f = {.is_swapped = false};
    add_section(&f, 1);
    size_t interface = f.len;
    add_interface(&f, ETHERNET, 0, 6, 0);
    size_t packet = f.len;
    add_packet(&f, 0, 1, 18, 18);
    size_t len = f.len;
    f.len = at_of_interface ? interface + at_of_interface : packet + at_of_packet;
    add32(&f, value);
    capture_file_write(f.bytes, len);
    struct cw_capture *capture = capture_file_open(BUFFER);
    expect_end(capture, fault);
}

static void
test_words_of_nonsense(void **state)
{
    (void)state;
    check_word(0, 4, 17 << 20, "a block of 17825792 bytes");
    check_word(0, 4, 50, "a block of 50 bytes");
    check_word(0, 4, 8, "a block of 8 bytes");
    check_word(0, 4, 48, "differs from the one at its end");
    check_word(0, 4, 16, "differs from the one at its end");
    check_word(0, 8, 1, "packet of interface 1");
    check_word(0, 20, 21, "does not fit its block");
    check_word(0, 20, UINT32_MAX, "does not fit its block");
    check_word(28, 0, 64, "if_tsresol is 0x40");
    check_word(28, 0, 0xff, "if_tsresol is 0xff");
}

/* An option longer than its block: neither it nor what follows counts. */
static void
test_options_of_nonsense(void **state)
{
    (void)state;
    struct file f = {.is_swapped = false};
    add_section(&f, 1);
    size_t interface = f.len;
    add_interface(&f, ETHERNET, 0, 9, 5);
    add_packet(&f, 0, 1700000000000001, 18, 18);
    size_t len = f.len;
    f.len = interface + 16;
    add32(&f, 0xffff0002);
    capture_file_write(f.bytes, len);
    struct cw_capture *capture = capture_file_open(BUFFER);
    expect_frame(capture, ETHERNET, 18, 1700000000000001000);
    expect_end(capture, "");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_interfaces_of_two_link_types),
        cmocka_unit_test(test_sections),
        cmocka_unit_test(test_clocks),
        cmocka_unit_test(test_older_blocks),
        cmocka_unit_test(test_every_truncation),
        cmocka_unit_test(test_section_headers_of_nonsense),
        cmocka_unit_test(test_words_of_nonsense),
        cmocka_unit_test(test_options_of_nonsense),
    };
    return cmocka_run_group_tests(tests, capture_file_make, capture_file_remove);
}
