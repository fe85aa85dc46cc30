/* SPDX-License-Identifier: Apache-2.0
 *
 * PPPP over UDP under the CS2 cipher with one of the keys that public tools name. The first
 * byte of every message is the same for a key, so it picks the key; the rest is deciphered and
 * read as plain.
 */
#include "wire/cs2_cipher.h"
#include "wire/pppp.h"

enum { MOST = 64 }; /* header, DID and addresses of every form */

struct network {
    const char *key;   /* text; public (protocols_p2p.md 2) */
    const char *brand; /* hint, or "" */
};

static const struct network networks[] = {
    {"camera", ""},
    {"SHIX", "SHIX"},
    {"SSD@cs2-network.", ""},
    {"aqarakr19kn", "Aqara"},
};

static bool
read_under(const struct network *network, const struct cw_wire_input *in,
           struct cw_wire_match *out)
{
    struct cw_cs2_key key = cw_cs2_key_of(cw_bytes_text(network->key));
    struct cw_bytes head = cw_bytes_head(in->bytes, MOST);
    uint8_t plain[MOST];
    if ((head.ptr[0] ^ cw_cs2_keystream(&key, 0)) != 0xf1) {
        return false;
    }
    cw_cs2_decipher(&key, head, plain);
    if (!cw_pppp_read(cw_bytes(plain, head.len), in->wire_len, in->src_port, out)) {
        return false;
    }
    if (!out->brand_hint && network->brand[0]) {
        out->brand_hint = network->brand;
    }
    return true;
}

static bool
test_pppp_keyed(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    if (in->bytes.len < 4) {
        return false;
    }
    for (size_t i = 0; i < sizeof(networks) / sizeof(*networks); i++) {
        if (read_under(&networks[i], in, out)) {
            return true;
        }
    }
    return false;
}

const struct cw_wire_signature cw_wire_pppp_keyed = {
    .name = "pppp-keyed",
    .vendor = "",
    .platform = CW_PPPP_NAME,
    .maker = "",
    .transports = CW_WIRE_UDP,
    .class = CW_WIRE_TWO,
    .proves_device = true,
    .kind = CAMWATCH_KIND_CAMERA,
    .least = 4,
    .bits = 30,
    .ports = {32100, 32108},
    .first = "\x2c\x9f\xb1\x28",
    .n_first = 4,
    .phases = CW_WIRE_TELLS(LOOKUP) | CW_WIRE_TELLS(REGISTRATION) | CW_WIRE_TELLS(RENDEZVOUS) |
              CW_WIRE_TELLS(LAN_SEARCH) | CW_WIRE_TELLS(PUNCH) | CW_WIRE_TELLS(DIRECT) |
              CW_WIRE_TELLS(RELAY) | CW_WIRE_TELLS(KEEPALIVE) | CW_WIRE_TELLS(MEDIA),
    .senders = CW_WIRE_SENT_BY(DEVICE) | CW_WIRE_SENT_BY(VIEWER) | CW_WIRE_SENT_BY(SERVER),
    .source = "protocols_p2p.md 2 (obfuscated variant), corrections.md (cipher)",
    .test = test_pppp_keyed,
};
