/* SPDX-License-Identifier: Apache-2.0
 *
 * The folder of one sensor's spool: made where it is missing, locked against a second process, and
 * the token of the process that used it last.
 */
#ifndef CW_SINK_SPOOL_FOLDER_H
#define CW_SINK_SPOOL_FOLDER_H

#include <stddef.h>

#include "camwatch/status.h"

struct cw_spool_folder {
    int fd;   /* of the directory, owned; -1: none, everything is in memory */
    int lock; /* owned; -1 */
};

/**
 * Open PATH/NAME, made with mode 0700 where it is missing.
 *
 * @param path   NULL: none
 * @param before "" or the token of the process before; size bytes
 * @retval CAMWATCH_EBUSY another process uses it
 * @retval CAMWATCH_EIO   error says why
 */
int cw_spool_folder_open(struct cw_spool_folder *folder, const char *path, const char *name,
                         char *before, size_t size, struct camwatch_error *error);

/** Leave a token for the next process. */
void cw_spool_folder_sign(const struct cw_spool_folder *folder, const char *token);

void cw_spool_folder_close(struct cw_spool_folder *folder);

#endif
