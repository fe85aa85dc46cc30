/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/decode.h"

#include "fuzz.h"

/* Link type, length that is missing, one frame. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct cw_decoder *decoder;
    if (!decoder) {
        decoder = cw_decoder_new(&(struct cw_decoder_settings){.max_fragments = 16});
    }
    struct cw_bytes in = cw_bytes(data, size);
    struct cw_frame frame = {.bytes = cw_bytes_from(in, 2),
                             .wire_len = (uint32_t)size + cw_u8_at(in, 1),
                             .link_type = fuzz_link_type(cw_u8_at(in, 0))};
    struct cw_packet packet, quoted;
    if (cw_decode(decoder, &frame, &packet) == 0) {
        (void)cw_decode_quoted(&packet, &quoted);
        FUZZ_DEMAND(packet.payload.len <= frame.bytes.len);
    }
    return 0;
}
