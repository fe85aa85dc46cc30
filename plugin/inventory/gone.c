/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "inventory/store.h"

static void
forget_old(struct cw_inventory *inv, enum cw_device_class class, int64_t before_ns)
{
    struct cw_inv_device *device = inv->ages[class].oldest;
    while (device && device->last_ns < before_ns) {
        struct cw_inv_device *newer = device->newer;
        cw_store_delete(inv, device);
        device = newer;
    }
}

static void
tell_gone(struct cw_inventory *inv, int64_t before_ns, cw_inventory_change_fn tell_it,
          void *user)
{
    struct cw_inv_device *device = inv->ages[CW_CLASS_SURVEILLANCE].oldest;
    while (device && device->last_ns < before_ns) {
        struct cw_inv_device *newer = device->newer;
        cw_store_reclass(inv, device, CW_CLASS_GONE);
        struct cw_inventory_change change = {.what = CW_INVENTORY_GONE, .device = device};
        tell_it(user, &change);
        device = newer;
    }
}

void
cw_inventory_tick(struct cw_inventory *inv, int64_t now_ns, bool is_blind,
                  cw_inventory_change_fn tell_it, void *user)
{
    if (is_blind || inv->seeing_since_ns == 0) {
        inv->seeing_since_ns = now_ns;
    }
    if (now_ns - inv->seeing_since_ns >= inv->settings.gone_after_ns) {
        tell_gone(inv, now_ns - inv->settings.gone_after_ns, tell_it, user);
    }
    if (inv->settings.retention_ns > 0 && !is_blind) {
        int64_t before_ns = now_ns - inv->settings.retention_ns;
        forget_old(inv, CW_CLASS_GONE, before_ns);
        forget_old(inv, CW_CLASS_ORDINARY, before_ns);
        forget_old(inv, CW_CLASS_SIDE, before_ns);
    }
}
