/* SPDX-License-Identifier: Apache-2.0 */
#include "inspect/stream.h"

#include "fuzz.h"

/* Segments as pieces, each: flags (direction, SYN, keep, done), sequence number LE16, payload. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cw_cursor in = cw_cursor(cw_bytes(data, size));
    struct cw_streams *pool = cw_streams_new(1 + cw_cursor_u8(&in) % 2, NULL);
    struct cw_stream stream = {0};
    for (struct cw_bytes piece, start; fuzz_piece(&in, &piece);) {
        unsigned flags = cw_u8_at(piece, 0), way = flags & 1;
        struct cw_stream_segment segment = {UINT32_MAX - 2000 + cw_le16_at(piece, 1), flags & 2,
                                            cw_bytes_from(piece, 3)};
        start = cw_stream_add(pool, &stream, way, &segment);
        if (start.len > 0 && flags & 4) {
            cw_stream_keep(pool, &stream, way, start);
        } else if (flags & 8) {
            cw_stream_done(pool, &stream, way);
        }
    }
    cw_stream_release(pool, &stream);
    FUZZ_DEMAND(cw_streams_used(pool) == 0);
    cw_streams_free(pool);
    return 0;
}
