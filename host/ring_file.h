/* SPDX-License-Identifier: Apache-2.0
 *
 * A ring in a file on tmpfs: what a monitor made waits there for the publisher, whichever of them dies.
 */
#ifndef HOST_RING_FILE_H
#define HOST_RING_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "camwatch/ring.h"

struct cw_ring_file {
    void *block;
    size_t size;
};

/**
 * Map the file, made where it is missing; one that is no ring of this size and version becomes an empty
 * one.
 *
 * @return false: error->text says why
 */
bool cw_ring_file_open(struct cw_ring_file *file, const char *path, size_t size,
                       struct camwatch_error *error);
void cw_ring_file_close(struct cw_ring_file *file);

#endif
