/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "inventory/merge.h"

#include <stdio.h>

void
cw_merge_append(char *text, size_t size, const char *more)
{
    size_t len = strlen(text);
    (void)snprintf(text + len, size - len, "%s%s", len ? "; " : "", more);
}

void
cw_merge_seen_again(struct cw_inv_device *device, struct cw_inventory_change *out)
{
    if (device->class == CW_CLASS_GONE) {
        cw_merge_append(out->text, sizeof(out->text), "seen again");
    }
}

const char *
cw_merge_capture(const struct cw_inventory *inv, const struct cw_record_device *record)
{
    const char *const *files = inv->settings.capture_files;
    uint32_t file = record->n_evidence ? record->evidence[0].file : 0;
    for (uint32_t i = 0; files && file > 0 && files[i]; i++) {
        if (i == file - 1) {
            return files[i];
        }
    }
    return "";
}

void
cw_merge_take_sight(struct cw_inv_device *device, const struct cw_record_device *record)
{
    int64_t now = record->head.time_ns;
    device->last_ns = now > device->last_ns ? now : device->last_ns;
    device->first_ns = now < device->first_ns ? now : device->first_ns;
    device->is_viewer |= record->is_viewer != 0;
    device->vlan = record->vlan;
    device->interface = record->interface;
    device->segment = record->segment;
}
