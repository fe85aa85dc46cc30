/* SPDX-License-Identifier: Apache-2.0 */
#include "inspect/ndpi.h"

#include "decode/decode.h"
#include "fuzz.h"

/* Frames of one flow as pieces, each: direction, bytes; what decode/ accepts goes to nDPI. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct cw_ndpi *ndpi;
    static struct cw_decoder *decoder;
    if (!ndpi) {
        ndpi = cw_ndpi_new(&(struct cw_ndpi_settings){.memory_cap = 1 << 20});
        decoder = cw_decoder_new(&(struct cw_decoder_settings){.max_fragments = 16});
    }
    struct cw_cursor in = cw_cursor(cw_bytes(data, size));
    struct cw_ndpi_flow *flow = cw_ndpi_flow_new(ndpi);
    struct cw_ndpi_result result;
    struct cw_packet packet;
    unsigned proto = 0; /* a flow has one */
    for (struct cw_bytes piece; fuzz_piece(&in, &piece);) {
        struct cw_frame frame = {
            .time_ns = 1, .link_type = 1, .bytes = cw_bytes_from(piece, 1)};
        frame.wire_len = (uint32_t)frame.bytes.len;
        if (!flow || cw_decode(decoder, &frame, &packet) != 0 || !packet.is_ip) {
            continue;
        }
        proto = proto ? proto : packet.proto;
        if (packet.proto == proto) {
            (void)cw_ndpi_packet(ndpi, flow, &packet, cw_u8_at(piece, 0) & 1, true, &result);
        }
    }
    (void)(flow && cw_ndpi_giveup(ndpi, flow, &result));
    cw_ndpi_flow_free(flow);
    return 0;
}
