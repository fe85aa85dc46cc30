/* SPDX-License-Identifier: Apache-2.0 */
#include "wire_probe.h"

#include <stdlib.h>

static int
nibble(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

struct probe_message
probe_hex(const char *text)
{
    struct probe_message m = {.len = 0};
    while (*text) {
        if (*text == ' ') {
            text++;
            continue;
        }
        int high = nibble(text[0]), low = high < 0 ? -1 : nibble(text[1]);
        assert_true(high >= 0 && low >= 0 && m.len < PROBE_MAX);
        m.bytes[m.len++] = (uint8_t)(high << 4 | low);
        text += 2;
    }
    return m;
}

struct probe_message
probe_text(const char *text)
{
    struct probe_message m = {.len = 0};
    probe_add(&m, text, strlen(text));
    return m;
}

void
probe_add(struct probe_message *m, const void *bytes, size_t len)
{
    assert_true(m->len + len <= PROBE_MAX);
    memcpy(m->bytes + m->len, bytes, len);
    m->len += len;
}

void
probe_add_zeros(struct probe_message *m, size_t n)
{
    assert_true(m->len + n <= PROBE_MAX);
    memset(m->bytes + m->len, 0, n);
    m->len += n;
}

void
probe_put_be16(struct probe_message *m, size_t at, unsigned value)
{
    m->bytes[at] = (uint8_t)(value >> 8);
    m->bytes[at + 1] = (uint8_t)value;
}

void
probe_put_le16(struct probe_message *m, size_t at, unsigned value)
{
    m->bytes[at] = (uint8_t)value;
    m->bytes[at + 1] = (uint8_t)(value >> 8);
}

void
probe_put_be32(struct probe_message *m, size_t at, uint32_t value)
{
    probe_put_be16(m, at, value >> 16);
    probe_put_be16(m, at + 2, value & 0xffff);
}

void
probe_put_le32(struct probe_message *m, size_t at, uint32_t value)
{
    probe_put_le16(m, at, value & 0xffff);
    probe_put_le16(m, at + 2, value >> 16);
}

static struct cw_wire_input
input_of(const uint8_t *bytes, size_t len, unsigned transport)
{
    static const uint8_t from[4] = {192, 0, 2, 1}, to[4] = {198, 51, 100, 1};
    return (struct cw_wire_input){
        .bytes = cw_bytes(bytes, len),
        .wire_len = (uint32_t)len,
        .transport = (uint8_t)transport,
        .at_start = true,
        .src_port = 49152,
        .dst_port = 49153,
        .src = cw_addr_v4(from),
        .dst = cw_addr_v4(to),
    };
}

struct cw_wire_input
probe_udp(const struct probe_message *m)
{
    return input_of(m->bytes, m->len, CW_WIRE_UDP);
}

struct cw_wire_input
probe_tcp(const struct probe_message *m)
{
    return input_of(m->bytes, m->len, CW_WIRE_TCP);
}

bool
probe_test(const struct cw_wire_signature *s, const struct cw_wire_input *in,
           struct cw_wire_match *out)
{
    memset(out, 0, sizeof(*out));
    out->is_evidence = true;
    if (in->wire_len < s->least || in->bytes.len == 0) {
        return false;
    }
    return (!s->first || memchr(s->first, in->bytes.ptr[0], s->n_first)) && s->test(in, out);
}

static unsigned
transport_of(const struct cw_wire_signature *s)
{
    return s->transports & CW_WIRE_UDP ? CW_WIRE_UDP : CW_WIRE_TCP;
}

bool
probe_matches(const struct cw_wire_signature *s, const struct probe_message *m,
              struct cw_wire_match *out)
{
    struct cw_wire_input in = input_of(m->bytes, m->len, transport_of(s));
    return probe_test(s, &in, out);
}

unsigned
probe_truncations_of(const struct cw_wire_signature *s, const struct cw_wire_input *whole)
{
    unsigned still = 0;
    for (size_t len = 1; len < whole->bytes.len; len++) {
        uint8_t *exact = malloc(len);
        assert_non_null(exact);
        memcpy(exact, whole->bytes.ptr, len);
        struct cw_wire_match out;
        struct cw_wire_input in = *whole;
        in.bytes = cw_bytes(exact, len);
        (void)probe_test(s, &in, &out);
        in.wire_len = (uint32_t)len;
        still += probe_test(s, &in, &out);
        free(exact);
    }
    return still;
}

unsigned
probe_truncations(const struct cw_wire_signature *s, const struct probe_message *m)
{
    struct cw_wire_input in = input_of(m->bytes, m->len, transport_of(s));
    return probe_truncations_of(s, &in);
}

uint32_t
probe_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

void
probe_noise(uint8_t *out, size_t len, uint32_t *state)
{
    for (size_t i = 0; i < len; i++) {
        out[i] = (uint8_t)(probe_random(state) >> 11);
    }
}

bool
probe_confirms(const struct cw_wire_signature *s, const struct probe_step *steps, size_t n)
{
    struct cw_wire_state state = {0};
    bool is_confirmed = false;
    for (size_t i = 0; i < n; i++) {
        const struct probe_message *m = steps[i].message;
        struct cw_wire_input in = input_of(m->bytes, m->len, transport_of(s));
        struct cw_wire_result result;
        in.direction = steps[i].direction;
        is_confirmed = cw_wire_inspect(&state, &in, &result) && result.signature == s &&
                       result.is_confirmed;
    }
    return is_confirmed;
}
