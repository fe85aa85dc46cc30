/* SPDX-License-Identifier: Apache-2.0
 *
 * Files that a process keeps for its next run. All numbers big-endian:
 *
 *   magic 8 bytes | version 32 | length of the rest 64 | SipHash-1-3 of the rest 64 | the rest
 *
 * Written to PATH.new, synced and renamed, mode 0600: a reader meets the old file or the new one.
 * What is torn, damaged or of another version is kept aside as PATH.bad. Not for hot paths.
 */
#ifndef CW_MODEL_STATEFILE_H
#define CW_MODEL_STATEFILE_H

#include "base/bytes.h"
#include "camwatch/status.h"

struct cw_statefile {
    char magic[8];
    uint32_t version;
    const char *what; /* "inventory of camwatch" */
    const char *loss; /* "starting with an empty inventory, devices will be new again" */
};

/** A growing block; zeroed is empty. After a lack of memory it takes nothing more. */
struct cw_out {
    uint8_t *bytes; /* owned: free() */
    size_t len, room;
    bool failed;
};

void cw_out_put(struct cw_out *out, const void *bytes, size_t len);

/** A number of 1, 2, 4 or 8 bytes. */
void cw_out_number(struct cw_out *out, uint64_t value, unsigned size);

/** 16-bit length and bytes; NULL is "". Cut at 65,535. */
void cw_out_text(struct cw_out *out, const char *text);

/**
 * Write a block as a file.
 *
 * @retval CAMWATCH_EIO the error says why; the old file stays
 * @retval CAMWATCH_ENOMEM the block lacked memory
 */
int cw_statefile_write(const struct cw_statefile *kind, const char *path,
                       const struct cw_out *block, struct camwatch_error *error);

/**
 * Read and check a file.
 *
 * @param block  given: free(); NULL where there is no file, which is no error
 * @param rest   what follows the header, inside block
 * @retval CAMWATCH_ECORRUPT kept aside, and the error says so
 * @retval CAMWATCH_EIO      cannot be read; the file stays
 */
int cw_statefile_read(const struct cw_statefile *kind, const char *path, uint8_t **block,
                      struct cw_bytes *rest, struct camwatch_error *error);

/** Rename to PATH.bad and say what was wrong; returns CAMWATCH_ECORRUPT. */
int cw_statefile_set_aside(const struct cw_statefile *kind, const char *path, const char *wrong,
                           struct camwatch_error *error);

#endif
