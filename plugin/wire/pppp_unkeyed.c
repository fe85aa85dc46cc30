/* SPDX-License-Identifier: Apache-2.0
 *
 * PPPP over UDP under the CS2 cipher with a key that nobody published. The plain text of a
 * header is known but for the type (F1, type, length), T is a permutation, and the four key
 * bytes depend on each other: enough to refuse most other traffic on PPPP's ports, not to name
 * anything. Experimental.
 */
#include "base/cursor.h"
#include "wire/cs2_cipher.h"
#include "wire/p2p.h"
#include "wire/pppp.h"

enum { SERVER_PORT = 32100, LAN_PORT = 32108, HEADER = 4 };

/* Key bytes as far as they are known. */
struct guess {
    uint8_t k[4];
    bool known[4];
};

/* Key byte i must be value: false where it is known to be another. */
static bool
learn(struct guess *g, unsigned i, uint8_t value)
{
    if (g->known[i]) {
        return g->k[i] == value;
    }
    g->k[i] = value;
    g->known[i] = true;
    return true;
}

/* The key byte that turns cipher byte c, after previous, into plain. */
static uint8_t
key_byte(uint8_t previous, uint8_t c, uint8_t plain)
{
    return (uint8_t)(cw_cs2_invert(c ^ plain) - previous);
}

/* k is the sum of the key's bytes, minus it, the sum of their thirds, their XOR
 * (cs2_cipher.h). */
static bool
solve(struct cw_bytes in, uint32_t length, struct guess *g)
{
    const uint8_t *c = in.ptr;
    uint8_t sum = key_byte(0, c[0], 0xf1);
    (void)learn(g, 0, sum);
    (void)learn(g, 1, (uint8_t)(0u - sum));
    if (!learn(g, c[1] & 3, key_byte(c[1], c[2], (uint8_t)(length >> 8))) ||
        !learn(g, c[2] & 3, key_byte(c[2], c[3], (uint8_t)length))) {
        return false;
    }
    return !g->known[3] ||
           ((g->k[3] ^ sum) & 1) == 0; /* a sum and a XOR have the same last bit */
}

static bool
is_usual_size(uint32_t size)
{
    return size == 4 || size == 20 || size == 24 || size == 28 || size == 44 || size == 48;
}

static bool
is_port(uint16_t port)
{
    return port == SERVER_PORT || port == LAN_PORT;
}

static bool
test_pppp_unkeyed(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    if (in->bytes.len < HEADER || !is_usual_size(in->wire_len) ||
        !(is_port(in->src_port) || is_port(in->dst_port))) {
        return false;
    }
    struct guess g = {.known = {false}};
    uint8_t first = in->bytes.ptr[0], second = in->bytes.ptr[1];
    if (first == 0xf1 || !solve(in->bytes, in->wire_len - HEADER, &g)) {
        return false;
    }
    if (g.known[first &
                3]) { /* the type can be read: it must be one that PPPP has for this size */
        struct cw_cs2_key key = {{g.k[0], g.k[1], g.k[2], g.k[3]}};
        uint8_t type = second ^ cw_cs2_keystream(&key, first);
        if (!cw_pppp_is_form(type, in->wire_len - HEADER)) {
            return false;
        }
    }
    cw_p2p_describe(out, CW_WIRE_PHASE_LOOKUP, CW_WIRE_FROM_UNKNOWN, "enciphered message");
    out->token = 0x100u | g.k[0];
    out->step = second;
    return true;
}

const struct cw_wire_signature cw_wire_pppp_unkeyed = {
    .name = "pppp-unkeyed",
    .vendor = "",
    .platform = CW_PPPP_NAME,
    .maker = "",
    .transports = CW_WIRE_UDP,
    .class = CW_WIRE_THREE_BOTH,
    .is_experimental = true,
    .proves_device = true,
    .least = HEADER,
    .bits = 40,
    .ports = {SERVER_PORT, LAN_PORT},
    .phases = CW_WIRE_TELLS(LOOKUP),
    .source = "protocols_p2p.md 2 (unknown-key heuristic)",
    .test = test_pppp_unkeyed,
};
