/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/decode.h"

#include "fuzz.h"

/* Frames as pieces, each: link type, seconds since the last one, bytes. Few fragments are kept. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cw_cursor in = cw_cursor(cw_bytes(data, size));
    struct cw_decoder *decoder =
        cw_decoder_new(&(struct cw_decoder_settings){.max_fragments = 8, .max_depth = 4});
    struct cw_bytes piece;
    struct cw_packet packet;
    for (int64_t time_ns = 1; fuzz_piece(&in, &piece);) {
        time_ns += cw_u8_at(piece, 1) * INT64_C(1000000000);
        struct cw_frame frame = {.time_ns = time_ns,
                                 .bytes = cw_bytes_from(piece, 2),
                                 .link_type = fuzz_link_type(cw_u8_at(piece, 0))};
        (void)cw_decode(decoder, &frame, &packet);
    }
    cw_decoder_free(decoder);
    return 0;
}
