/* SPDX-License-Identifier: Apache-2.0
 *
 * IEEE 802.11 data frames, bare or behind radiotap, Prism and AVS headers. What is encrypted,
 * management, control, aggregated (A-MSDU) or a later fragment is LINK_CONTROL.
 */
#include "decode/walk.h"

enum frame_control { /* IEEE 802.11-2016 9.2.4.1, as a little-endian number */
                     FC_VERSION = 0x0003,
                     FC_TYPE = 0x000c,
                     FC_TYPE_DATA = 0x0008,
                     FC_NO_DATA = 0x0040,
                     FC_QOS = 0x0080,
                     FC_TO_DS = 0x0100,
                     FC_FROM_DS = 0x0200,
                     FC_PROTECTED = 0x4000,
                     FC_ORDER = 0x8000,
};

#define QOS_AMSDU          0x0080
#define SEQUENCE_FRAGMENT  0x000f
#define RADIOTAP_TSFT      0x00000001u
#define RADIOTAP_FLAGS     0x00000002u
#define RADIOTAP_MORE      0x80000000u
#define RADIOTAP_F_DATAPAD 0x20

/* 9.3.2.1: which of the addresses are the true ends. */
static void
set_macs(struct cw_packet *out, uint16_t control, const uint8_t *a1, const uint8_t *a2,
         const uint8_t *a3, const uint8_t *a4)
{
    memcpy(out->dst_mac.b, control & FC_TO_DS ? a3 : a1, 6);
    const uint8_t *source = control & FC_FROM_DS ? a3 : a2;
    memcpy(out->src_mac.b, a4 ? a4 : source, 6);
    out->on_link = true;
}

static unsigned
decode_data(struct cw_walk *w, bool is_padded)
{
    struct cw_cursor c = cw_cursor(w->in);
    uint16_t control = cw_cursor_le16(&c);
    cw_cursor_skip(&c, 2); /* duration */
    const uint8_t *a1 = cw_cursor_advance(&c, 6);
    const uint8_t *a2 = cw_cursor_advance(&c, 6);
    const uint8_t *a3 = cw_cursor_advance(&c, 6);
    uint16_t sequence = cw_cursor_le16(&c);
    bool is_relayed = (control & FC_TO_DS) && (control & FC_FROM_DS);
    const uint8_t *a4 = is_relayed ? cw_cursor_advance(&c, 6) : NULL;
    uint16_t qos = control & FC_QOS ? cw_cursor_le16(&c) : 0;
    if ((control & FC_QOS) && (control & FC_ORDER)) {
        cw_cursor_skip(&c, 4); /* HT control */
    }
    if (is_padded) { /* the header is padded to four bytes */
        cw_cursor_skip(&c, (4 - (size_t)(c.pos - w->in.ptr) % 4) % 4);
    }
    if (!cw_cursor_ok(&c)) {
        return CAMWATCH_DROP_LINK_SHORT;
    }
    if ((qos & QOS_AMSDU) || (sequence & SEQUENCE_FRAGMENT)) {
        return CAMWATCH_DROP_LINK_CONTROL;
    }
    set_macs(w->out, control, a1, a2, a3, a4);
    w->in = cw_cursor_rest(&c);
    return cw_decode_llc(w);
}

static unsigned
decode_frame(struct cw_walk *w, bool is_padded)
{
    if (w->in.len < 2) {
        return CAMWATCH_DROP_LINK_SHORT;
    }
    uint16_t control = cw_le16_at(w->in, 0);
    bool is_data = (control & (FC_VERSION | FC_TYPE)) == FC_TYPE_DATA;
    if (!is_data || (control & (FC_NO_DATA | FC_PROTECTED))) {
        return CAMWATCH_DROP_LINK_CONTROL;
    }
    return decode_data(w, is_padded);
}

unsigned
cw_decode_wifi(struct cw_walk *w)
{
    return decode_frame(w, false);
}

/* radiotap.org: present words, chained by their top bit, then the fields, aligned to their
 * size. Only the flags are wanted. */
static uint8_t
radiotap_flags(struct cw_bytes header)
{
    uint32_t present = cw_le32_at(header, 4);
    size_t at = 8;
    for (uint32_t word = present; (word & RADIOTAP_MORE) && at + 4 <= header.len; at += 4) {
        word = cw_le32_at(header, at);
    }
    if (present & RADIOTAP_TSFT) {
        at = (at + 7) / 8 * 8 + 8;
    }
    return present & RADIOTAP_FLAGS ? cw_u8_at(header, at) : 0;
}

unsigned
cw_decode_radiotap(struct cw_walk *w)
{
    uint16_t length = cw_le16_at(w->in, 2);
    if (w->in.len < 8 || length < 8 || length > w->in.len) {
        return CAMWATCH_DROP_LINK_SHORT;
    }
    uint8_t flags = radiotap_flags(cw_bytes_head(w->in, length));
    w->in = cw_bytes_from(w->in, length);
    return decode_frame(w, flags & RADIOTAP_F_DATAPAD);
}

/* Prism: code 0x44 and the length in the byte order of the host that captured; AVS: 0x8021100x
 * and the length in network order. */
unsigned
cw_decode_prism(struct cw_walk *w)
{
    if (w->in.len < 8) {
        return CAMWATCH_DROP_LINK_SHORT;
    }
    bool is_big = cw_be32_at(w->in, 0) == 0x44 || cw_be16_at(w->in, 0) == 0x8021;
    uint32_t length = is_big ? cw_be32_at(w->in, 4) : cw_le32_at(w->in, 4);
    if (length < 8 || length > w->in.len) {
        return CAMWATCH_DROP_LINK_SHORT;
    }
    w->in = cw_bytes_from(w->in, length);
    return decode_frame(w, false);
}
