/* SPDX-License-Identifier: Apache-2.0
 *
 * What the tests of wire signatures share: messages in exact-size memory, all truncations,
 * random payloads with the format's own length fields, and the confirmation class through
 * cw_wire_inspect.
 */
#ifndef CW_TESTS_WIRE_MESSAGE_H
#define CW_TESTS_WIRE_MESSAGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "wire/wire.h"

#define TEXT_BYTES(literal) cw_bytes((literal), sizeof(literal) - 1)

/* A message of a UDP or TCP conversation; direction 0. */
static inline struct cw_wire_input
wire_message(unsigned transport, struct cw_bytes bytes, uint16_t src_port, uint16_t dst_port)
{
    return (struct cw_wire_input){.bytes = bytes,
                                  .wire_len = (uint32_t)bytes.len,
                                  .transport = (uint8_t)transport,
                                  .at_start = true,
                                  .src_port = src_port,
                                  .dst_port = dst_port};
}

/* Hex text with blanks into the caller's buffer. */
static inline struct cw_bytes
wire_hex(const char *hex, uint8_t *out, size_t size)
{
    size_t n = 0;
    unsigned half = 0, value = 0;
    for (; *hex; hex++) {
        const char *digits = "0123456789abcdef", *at = strchr(digits, *hex);
        if (!at) {
            continue;
        }
        value = value << 4 | (unsigned)(at - digits);
        if (++half == 2) {
            assert_true(n < size);
            out[n++] = (uint8_t)value;
            half = value = 0;
        }
    }
    assert_int_equal(half, 0);
    return cw_bytes(out, n);
}

/* One call of the test on a copy that ends where the memory ends. */
static inline bool
wire_try(const struct cw_wire_signature *s, struct cw_wire_input in, struct cw_wire_match *m)
{
    bool matched = false;
    uint8_t *copy = malloc(in.bytes.len ? in.bytes.len : 1);
    assert_non_null(copy);
    if (in.bytes.len) {
        memcpy(copy, in.bytes.ptr, in.bytes.len);
    }
    in.bytes.ptr = copy;
    memset(m, 0, sizeof(*m));
    m->is_evidence = true;
    if (in.wire_len >= s->least && in.bytes.len > 0) {
        matched = s->test(&in, m);
    }
    free(copy);
    return matched;
}

/* Every prefix, as a shorter message and as one cut by the snap length. Gives the length of the
 * shortest prefix that matched as a whole message, or 0. */
static inline size_t
wire_each_prefix(const struct cw_wire_signature *s, struct cw_wire_input in)
{
    struct cw_wire_match m;
    size_t shortest = 0;
    struct cw_bytes whole = in.bytes;
    for (size_t n = 0; n < whole.len; n++) {
        in.bytes = cw_bytes_head(whole, n);
        in.wire_len = (uint32_t)whole.len;
        (void)wire_try(s, in, &m);
        in.wire_len = (uint32_t)n;
        if (wire_try(s, in, &m) && shortest == 0) {
            shortest = n;
        }
    }
    return shortest;
}

static inline uint32_t
wire_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return (uint32_t)(*seed >> 16);
}

/* Random messages, with what shape sets right in them (length fields), never match. */
static inline void
wire_no_random_match(const struct cw_wire_signature *s, struct cw_wire_input in, size_t least,
                     size_t most, void (*shape)(uint8_t *bytes, size_t len))
{
    enum { ROUNDS = 20000 };

    uint64_t seed = 0x9e3779b97f4a7c15;
    struct cw_wire_match m;
    uint8_t bytes[2048];
    assert_true(most <= sizeof(bytes));
    for (unsigned round = 0; round < ROUNDS; round++) {
        size_t n = least + wire_random(&seed) % (most - least + 1);
        for (size_t i = 0; i < n; i++) {
            bytes[i] = (uint8_t)wire_random(&seed);
        }
        shape(bytes, n);
        in.bytes = cw_bytes(bytes, n);
        in.wire_len = (uint32_t)n;
        memset(&m, 0, sizeof(m));
        assert_false(s->test(&in, &m));
    }
}

/* Through the table: the signature that matched, and whether its class is met. */
static inline const struct cw_wire_signature *
wire_inspect(struct cw_wire_state *state, struct cw_wire_input in, bool *confirmed)
{
    struct cw_wire_result result;
    if (!cw_wire_inspect(state, &in, &result)) {
        *confirmed = false;
        return NULL;
    }
    *confirmed = result.is_confirmed;
    return result.signature;
}

/* The only message of a flow: matched by s, and confirmed or not. */
static inline void
assert_alone(const struct cw_wire_signature *s, struct cw_wire_input in, bool is_confirmed)
{
    struct cw_wire_state state = {0};
    bool confirmed;
    assert_ptr_equal(wire_inspect(&state, in, &confirmed), s);
    assert_int_equal(confirmed, is_confirmed);
}

/* Two messages, the second in the other direction: only then confirmed. */
static inline void
assert_both_ways(const struct cw_wire_signature *s, struct cw_wire_input first,
                 struct cw_wire_input second)
{
    struct cw_wire_state state = {0};
    bool confirmed;
    first.direction = 0;
    second.direction = 1;
    assert_ptr_equal(wire_inspect(&state, first, &confirmed), s);
    assert_false(confirmed);
    assert_ptr_equal(wire_inspect(&state, second, &confirmed), s);
    assert_true(confirmed);
}

static inline void
assert_mac(const struct cw_mac *mac, const char *text)
{
    char out[CW_MAC_TEXT_MAX];
    assert_string_equal(cw_mac_format(mac, out), text);
}

static inline void
assert_addr(const struct cw_addr *addr, const char *text)
{
    char out[CW_ADDR_TEXT_MAX];
    assert_string_equal(cw_addr_format(addr, out), text);
}

/* No field of an identity holds the secret. */
static inline void
assert_never_kept(const struct cw_wire_match *m, const char *secret)
{
    const char *fields[] = {m->detail,          m->identity.brand, m->identity.model,
                            m->identity.serial, m->identity.uid,   m->identity.firmware,
                            m->identity.name};
    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
        assert_null(strstr(fields[i], secret));
    }
}

#endif
