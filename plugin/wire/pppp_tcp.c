/* SPDX-License-Identifier: Apache-2.0
 *
 * PPPP over TCP (Xiaomi): BE16 length, 68 00, four bytes of which the first two are the key of
 * what follows, then that many enciphered bytes (corrections.md 1). Messages chain by their
 * length.
 */
#include <stdio.h>

#include "base/cursor.h"
#include "wire/cs2_cipher.h"
#include "wire/pppp.h"

enum { HEADER = 8, MOST = 64, LEAST_BODY = 4, CHAIN_MOST = 16, MARK = 0x6800 };

/* Decipher the message at the front; gives its size on the stream, or 0. */
static uint32_t
read_message(struct cw_bytes in, struct cw_wire_match *out)
{
    uint32_t length = cw_be16_at(in, 0);
    if (in.len < HEADER + LEAST_BODY || length < LEAST_BODY || cw_be16_at(in, 2) != MARK) {
        return 0;
    }
    char text[5];
    (void)snprintf(text, sizeof(text), "%02X%02X", in.ptr[4], in.ptr[5]);
    struct cw_cs2_key key = cw_cs2_key_of(cw_bytes(text, 4));
    uint8_t plain[MOST];
    struct cw_bytes body = cw_bytes_head(cw_bytes_from(in, HEADER), length);
    body = cw_bytes_head(body, sizeof(plain));
    cw_cs2_decipher(&key, body, plain);
    return cw_pppp_read(cw_bytes(plain, body.len), length, 0, out) ? length + HEADER : 0;
}

/* Of messages that came together the one that says most of a device, else the latest. */
static unsigned
rank_of(const struct cw_wire_match *m)
{
    bool is_own = m->has_identity && m->identity.origin == CAMWATCH_ORIGIN_SELF;
    return is_own ? 3 : m->has_identity ? 2 : m->is_camera_fact ? 1 : 0;
}

static bool
test_pppp_tcp(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    struct cw_bytes rest = in->bytes;
    struct cw_wire_match best = *out;
    for (unsigned n = 0; n < CHAIN_MOST && (n == 0 || rest.len >= HEADER + LEAST_BODY); n++) {
        struct cw_wire_match next = *out;
        uint32_t size = read_message(rest, &next);
        if (size == 0) {
            return false; /* a stream that does not go on as its length says is something else */
        }
        next.is_weak = false;                      /* behind a mark and a second length */
        next.is_enough |= n > 0 || best.is_enough; /* two, chained */
        best.is_enough = next.is_enough;
        best = n == 0 || rank_of(&next) >= rank_of(&best) ? next : best;
        rest = cw_bytes_from(rest, size);
    }
    *out = best;
    return true;
}

const struct cw_wire_signature cw_wire_pppp_tcp = {
    .name = "pppp-tcp",
    .vendor = "",
    .platform = CW_PPPP_NAME,
    .maker = "",
    .transports = CW_WIRE_TCP,
    .class = CW_WIRE_TWO,
    .proves_device = true,
    .kind = CAMWATCH_KIND_CAMERA,
    .least = HEADER + LEAST_BODY,
    .bits = 45,
    .ports = {443, 32100},
    .phases = CW_WIRE_TELLS(LOOKUP) | CW_WIRE_TELLS(REGISTRATION) | CW_WIRE_TELLS(RENDEZVOUS) |
              CW_WIRE_TELLS(LAN_SEARCH) | CW_WIRE_TELLS(PUNCH) | CW_WIRE_TELLS(DIRECT) |
              CW_WIRE_TELLS(RELAY) | CW_WIRE_TELLS(KEEPALIVE) | CW_WIRE_TELLS(MEDIA),
    .senders = CW_WIRE_SENT_BY(DEVICE) | CW_WIRE_SENT_BY(VIEWER) | CW_WIRE_SENT_BY(SERVER),
    .source = "corrections.md 1, capture xiaomi-y2-update",
    .test = test_pppp_tcp,
};
