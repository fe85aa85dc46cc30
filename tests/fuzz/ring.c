/* SPDX-License-Identifier: Apache-2.0 */
#include "event/ring.h"

#include "fuzz.h"

static void
read_all(struct camwatch_ring *ring)
{
    union cw_record_any record;
    for (unsigned i = 0; i < 256 && cw_ring_peek(ring, &record); i++) {
        cw_ring_release(ring);
    }
}

/* Patches over a ring that holds records, under an open handle and before attaching to it. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static alignas(CW_RING_CACHE_LINE) uint8_t block[CW_RING_BYTES_MIN + 256];
    struct camwatch_ring open, other;
    struct cw_record_alert alert = {
        .head = {cw_record_size(CW_RECORD_ALERT, 0), CW_RECORD_VERSION, CW_RECORD_ALERT, 0, 1}};
    memset(block, 0, sizeof(block));
    FUZZ_DEMAND(cw_ring_format(&open, block, sizeof(block)) == CAMWATCH_OK);
    for (unsigned i = 0; i < 8; i++) {
        (void)cw_ring_push(&open, &alert.head);
    }
    fuzz_patch(cw_bytes(data, size), block, sizeof(block));
    if (cw_ring_attach(&other, block, sizeof(block)) == CAMWATCH_OK) {
        read_all(&other);
    }
    read_all(&open);
    (void)cw_ring_push(&open, &alert.head);
    return 0;
}
