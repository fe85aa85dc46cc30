/* SPDX-License-Identifier: Apache-2.0
 *
 * The inventory between runs. All numbers big-endian:
 *
 *   "CWINVEN\n" | version 32 | length of the rest 64 | SipHash-1-3 of the rest 64 | the rest:
 *   start of seeing 64 | number of records 32 | records, class by class, the oldest first
 */
#ifndef CW_INVENTORY_STATE_H
#define CW_INVENTORY_STATE_H

#include <stdio.h>

#include "inventory/store.h"

enum { CW_STATE_VERSION = 1, CW_STATE_HEADER = 28 };

#define CW_STATE_MAGIC ((const char[8]){'C', 'W', 'I', 'N', 'V', 'E', 'N', '\n'})

static const struct cw_hash_key cw_state_key = {0x63616d7761746368, 0x696e76656e746f72};

/** Say what is wrong with a file; gives the status back. */
static inline int
cw_state_fail(struct camwatch_error *error, int status, const char *path, const char *what,
              const char *why)
{
    (void)snprintf(error->text, sizeof(error->text), "%.200s: %s: %s", path, what, why);
    return status;
}

#endif
