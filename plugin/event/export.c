/* SPDX-License-Identifier: Apache-2.0
 *
 * The public face of the ring: handles on blocks that the caller maps.
 */
#include <stdalign.h>
#include <stdlib.h>

#include "base/export.h"
#include "camwatch/ring.h"
#include "event/ring.h"

_Static_assert(CAMWATCH_RING_BYTES_MIN == CW_RING_BYTES_MIN, "one least size");

static int
open_handle(int (*open)(struct camwatch_ring *, void *, size_t), void *block, size_t bytes,
            struct camwatch_ring **out)
{
    struct camwatch_ring *ring = aligned_alloc(alignof(struct camwatch_ring), sizeof(*ring));
    if (!ring) {
        return CAMWATCH_ENOMEM;
    }
    int status = open(ring, block, bytes);
    if (status != CAMWATCH_OK) {
        free(ring);
        return status;
    }
    *out = ring;
    return CAMWATCH_OK;
}

CW_EXPORT int
camwatch_ring_format(void *block, size_t bytes, struct camwatch_ring **out)
{
    return open_handle(cw_ring_format, block, bytes, out);
}

CW_EXPORT int
camwatch_ring_attach(void *block, size_t bytes, struct camwatch_ring **out)
{
    return open_handle(cw_ring_attach, block, bytes, out);
}

CW_EXPORT void
camwatch_ring_close(struct camwatch_ring **ring)
{
    free(*ring);
    *ring = NULL;
}
