/* SPDX-License-Identifier: Apache-2.0 */
#include "event/ring.h"
#include "fuzz.h"
#include "publish.h"

/* Records as pieces, as an untrusted writer leaves them in the ring, version and size made right; to
 * JSON, and into the inventory and out of it. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cw_cursor in = cw_cursor(cw_bytes(data, size));
    struct camwatch_publisher *publisher = fuzz_publisher();
    for (struct cw_bytes piece; fuzz_piece(&in, &piece);) {
        union cw_record_any record;
        struct cw_bytes body = cw_bytes_head(piece, sizeof(record));
        memset(&record, 0, sizeof(record));
        memcpy(&record, body.ptr, body.len);
        bool is_flow = record.head.type == CW_RECORD_FLOW;
        record.head.version = CW_RECORD_VERSION;
        record.head.size =
            cw_record_size(record.head.type, is_flow ? record.flow.n_evidence % 8 : 0);
        if (cw_record_accept(&record)) {
            (void)cw_ring_push(camwatch_publisher_ring(publisher), &record.head);
            (void)camwatch_publisher_run(publisher);
        }
    }
    fuzz_publisher_end(publisher);
    return 0;
}
