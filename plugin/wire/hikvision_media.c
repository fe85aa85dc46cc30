/* SPDX-License-Identifier: Apache-2.0
 *
 * Media of Hikvision's SDK on TCP 8000 and of EZVIZ on TCP 9020, in frames that begin with '$'
 * (protocols_seed_vendors.md 2.3, 2.5): on 8000 a little-endian length of the whole frame, on 9020
 * RTSP's form (RFC 2326 10.12) with RTP. Frames alone name nobody; in a conversation that is known
 * they show pictures.
 */
#include "base/cursor.h"
#include "wire/said.h"

enum {
    SDK_PORT = 8000,
    STREAM_PORT = 9020,
    HEADER = 4,
    FRAMES_MOST = 16,
    RTP = 12,
    ENOUGH = 3
};

/* Size of the frame at the front, or 0 where there is none. */
static size_t
frame_size(struct cw_bytes b, bool is_sdk)
{
    if (b.len < HEADER || b.ptr[0] != '$') {
        return 0;
    }
    size_t total = is_sdk ? cw_le16_at(b, 2) : HEADER + (size_t)cw_be16_at(b, 2);
    bool is_rtp = is_sdk || (total >= HEADER + RTP && (cw_u8_at(b, HEADER) & 0xc0) == 0x80);
    return is_rtp && total > HEADER ? total : 0;
}

/* Whole frames of the first one's channel, frame behind frame up to the end; the last of several
 * may go on in the next segment. 0 where something else stands between them. */
static unsigned
count_frames(struct cw_bytes b, bool is_sdk)
{
    unsigned n = 0;
    uint8_t channel = cw_u8_at(b, 1);
    for (unsigned i = 0; i < FRAMES_MOST && b.len >= HEADER; i++) {
        size_t size = frame_size(b, is_sdk);
        if (size == 0) {
            return 0;
        }
        if (size > b.len) {
            return n;
        }
        n += b.ptr[1] == channel;
        b = cw_bytes_from(b, size);
    }
    return b.len == 0 || b.ptr[0] == '$' ? n : 0;
}

static bool
test(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    bool is_sdk = in->src_port == SDK_PORT;
    unsigned frames =
        is_sdk || in->src_port == STREAM_PORT ? count_frames(in->bytes, is_sdk) : 0;
    if (frames == 0) {
        return false;
    }
    cw_said_message(out, CW_WIRE_PHASE_MEDIA, CW_WIRE_FROM_UNKNOWN,
                    is_sdk ? "frames of the SDK's media" : "RTP in frames");
    out->role = CAMWATCH_ROLE_STREAM;
    out->token = 1u + cw_u8_at(in->bytes, 1); /* three in a row are of one channel */
    out->is_enough = frames >= ENOUGH;
    return true;
}

const struct cw_wire_signature cw_wire_hikvision_media = {
    .name = "hikvision-media",
    .vendor = "",
    .platform = "",
    .maker = "",
    .transports = CW_WIRE_TCP,
    .class = CW_WIRE_THREE,
    .proves_device = false,
    .least = HEADER + RTP,
    .bits = 24,
    .ports = {SDK_PORT, STREAM_PORT},
    .first = "$",
    .n_first = 1,
    .phases = CW_WIRE_TELLS(MEDIA),
    .source = "protocols_seed_vendors.md 2.3, 2.5",
    .test = test,
};
