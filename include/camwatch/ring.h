/* SPDX-License-Identifier: Apache-2.0
 *
 * The ring between the packet side and the event side, in a block of memory that both may map:
 * heap, or a file that outlives the processes on its two ends. One writer (a monitor), one reader
 * (a publisher).
 */
#ifndef CAMWATCH_RING_H
#define CAMWATCH_RING_H

#include <stddef.h>

#include "camwatch/status.h"

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

struct camwatch_ring;

/** Least size of a block. */
#define CAMWATCH_RING_BYTES_MIN (16u * 1024)

/**
 * Make a block into an empty ring and open a handle on it.
 *
 * @param block  aligned to 64 bytes; borrowed until camwatch_ring_close, which leaves it alone
 * @param out    written only on CAMWATCH_OK: given, close with camwatch_ring_close
 * @retval CAMWATCH_EINVAL too small or not aligned
 */
int camwatch_ring_format(void *block, size_t bytes, struct camwatch_ring **out);

/**
 * A handle on a block that camwatch_ring_format made, in this process or another; what waits in it
 * is kept. Parameters as there.
 *
 * @retval CAMWATCH_ECORRUPT the block is no ring of this size and version
 */
int camwatch_ring_attach(void *block, size_t bytes, struct camwatch_ring **out);

/** *ring becomes NULL. */
void camwatch_ring_close(struct camwatch_ring **ring);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
