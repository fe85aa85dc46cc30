/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/said.h"

#include "base/cursor.h"
#include "base/text.h"

static bool
is_all(struct cw_bytes text, char low, char high)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = (char)text.ptr[i];
        if (c != low && c != high && c != ':' && c != '-') {
            return false;
        }
    }
    return true;
}

bool
cw_said_is_filler(struct cw_bytes text)
{
    static const char *const words[] = {"n/a", "null", "none", "unknown", "(null)", "localhost"};
    text = cw_text_trim(text);
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        if (cw_text_equal_nocase(text, cw_bytes_text(words[i]))) {
            return true;
        }
    }
    return is_all(text, '0', '0') || is_all(text, 'f', 'F');
}

void
cw_said_text(char *out, size_t size, struct cw_bytes text)
{
    if (!cw_said_is_filler(text)) {
        cw_text_copy(out, size, text);
    }
}

void
cw_said_mac(struct cw_mac *out, struct cw_bytes text)
{
    struct cw_mac mac;
    if (cw_mac_parse(cw_text_trim(text), &mac) && !cw_mac_is_none(&mac) &&
        !cw_mac_is_group(&mac)) {
        *out = mac;
    }
}

void
cw_said_addr(struct cw_addr *out, struct cw_bytes text)
{
    char copy[CW_ADDR_TEXT_MAX];
    struct cw_addr addr;
    text = cw_text_trim(text);
    if (text.len == 0 || text.len >= sizeof(copy)) {
        return;
    }
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    static const uint8_t any[4];
    struct cw_addr nothing = cw_addr_v4(any);
    if (cw_addr_parse(copy, &addr) && !cw_addr_equal(&addr, &nothing)) {
        *out = addr;
    }
}

/* -1: no hexadecimal digit. */
static int
hex_digit(uint8_t c)
{
    uint8_t low = c | 0x20;
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

void
cw_said_addr_hex(struct cw_addr *out, struct cw_bytes text)
{
    enum { PREFIX = 2, DIGITS = 8 };

    uint8_t ip[4] = {0};
    if (text.len != PREFIX + DIGITS || !CW_STARTS(text, "0x")) {
        cw_said_addr(out, text);
        return;
    }
    for (size_t i = 0; i < DIGITS; i++) {
        int digit = hex_digit(cw_u8_at(text, PREFIX + i));
        if (digit < 0) {
            return;
        }
        ip[3 - i / 2] = (uint8_t)(ip[3 - i / 2] << 4 | digit);
    }
    if (ip[0] != 0) {
        *out = cw_addr_v4(ip);
    }
}

void
cw_said_candidate(struct cw_wire_match *m, struct cw_bytes text)
{
    struct cw_wire_endpoint end = {0};
    uint32_t port;
    text = cw_text_trim(text);
    const uint8_t *colon = text.len ? memchr(text.ptr, ':', text.len) : NULL;
    if (!colon || m->n_candidates == CW_WIRE_CANDIDATES) {
        return;
    }
    size_t n = (size_t)(colon - text.ptr);
    cw_said_addr(&end.addr, cw_bytes_head(text, n));
    if (cw_text_number(cw_bytes_from(text, n + 1), UINT16_MAX, &port) && port != 0 &&
        !cw_addr_is_none(&end.addr)) {
        end.port = (uint16_t)port;
        m->candidate[m->n_candidates++] = end;
    }
}

void
cw_said_message(struct cw_wire_match *m, enum cw_wire_phase phase, enum cw_wire_sender sender,
                const char *detail)
{
    m->phase = (uint8_t)phase;
    m->sender = (uint8_t)sender;
    cw_text_set(m->detail, sizeof(m->detail), detail);
}

void
cw_said_device(struct cw_wire_match *m)
{
    m->sender = CW_WIRE_FROM_DEVICE;
    m->is_camera_fact = true;
    m->has_identity = true;
    m->identity.origin = CAMWATCH_ORIGIN_SELF;
    m->identity.is_surveillance = true;
}

void
cw_said_other(struct cw_wire_match *m)
{
    m->has_identity = true;
    m->identity.origin = CAMWATCH_ORIGIN_CLAIMED;
    m->identity.is_surveillance = true;
}
