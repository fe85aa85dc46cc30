/* SPDX-License-Identifier: Apache-2.0
 *
 * The inventory between runs, a state file (model/statefile.h): start of seeing 64 | number of
 * records 32 | records, class by class, the oldest first. Private to this folder.
 */
#ifndef CW_INVENTORY_STATE_H
#define CW_INVENTORY_STATE_H

#include "inventory/store.h"
#include "model/statefile.h"

static const struct cw_statefile cw_inventory_file = {
    .magic = {'C', 'W', 'I', 'N', 'V', 'E', 'N', '\n'},
    .version = 1,
    .what = "inventory",
    .loss = "starting with an empty inventory, devices will be new again",
};

#endif
