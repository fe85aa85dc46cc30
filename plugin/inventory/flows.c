/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "inventory/destinations.h"
#include "inventory/merge.h"

static struct cw_inv_device *
find_local(const struct cw_inventory *inv, const struct cw_record_flow *flow)
{
    char key[CW_KEY_TEXT_MAX];
    const struct cw_addr *local = flow->local_is_destination ? &flow->dst : &flow->src;
    struct cw_inv_device *device = cw_device_is_usable_mac(&flow->local_mac)
                                       ? cw_store_find(inv, cw_key_mac(&flow->local_mac, key))
                                       : NULL;
    if (!device || device->is_gateway) {
        (flow->local_is_behind ? cw_key_behind : cw_key_addr)(inv, flow->vlan, flow->segment,
                                                              local, key);
        device = cw_store_find(inv, key);
    }
    return device && device->class != CW_CLASS_SIDE && !device->is_gateway ? device : NULL;
}

static struct cw_inv_device *
find_end(const struct cw_inventory *inv, const struct cw_record_flow *flow,
         const struct cw_mac *mac, const struct cw_addr *addr)
{
    char key[CW_KEY_TEXT_MAX];
    struct cw_inv_device *device =
        cw_device_is_usable_mac(mac) ? cw_store_find(inv, cw_key_mac(mac, key)) : NULL;
    if (!device || device->is_gateway) {
        cw_key_addr(inv, flow->vlan, flow->segment, addr, key);
        device = cw_store_find(inv, key);
    }
    bool is_found = device && !device->is_gateway && device->class != CW_CLASS_SIDE &&
                    device->is_surveillance && device->scope == CAMWATCH_SCOPE_LOCAL;
    return is_found ? device : NULL;
}

static bool
carries_pictures(const char *protocol)
{
    static const char *const names[] = {"rtsp",           "dahua-dvrip",      "hikvision-sdk",
                                        "xiongmai-dvrip", "reolink-baichuan", "tiandy-nvs"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(protocol, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* A recorder that opens a session for pictures at a camera is in front of it from then on. */
static void
note_recorder(struct cw_inventory *inv, const struct cw_record_flow *flow)
{
    if (flow->path != CAMWATCH_PATH_LAN || flow->outcome != CAMWATCH_OUTCOME_ESTABLISHED ||
        !carries_pictures(flow->protocol)) {
        return;
    }
    struct cw_inv_device *recorder = find_end(inv, flow, &flow->src_mac, &flow->src);
    struct cw_inv_device *camera = find_end(inv, flow, &flow->dst_mac, &flow->dst);
    if (recorder && camera && recorder != camera && recorder->kind == CAMWATCH_KIND_RECORDER &&
        camera->kind != CAMWATCH_KIND_RECORDER) {
        cw_merge_set_behind(camera, recorder->id);
    }
}

static bool
has_addr(const struct cw_inv_device *device, const struct cw_addr *addr)
{
    for (unsigned i = 0; i < device->n_addrs; i++) {
        if (cw_addr_equal(&device->addrs[i], addr)) {
            return true;
        }
    }
    return false;
}

/* A device known by its MAC talks from an address that nobody has told of. */
static void
learn_addr(struct cw_inventory *inv, struct cw_inv_device *device,
           const struct cw_record_flow *flow, struct cw_inventory_change *out)
{
    const struct cw_addr *local = flow->local_is_destination ? &flow->dst : &flow->src;
    char key[CW_KEY_TEXT_MAX];
    bool is_mine = cw_device_is_usable_addr(local) &&
                   cw_device_has_mac(device, &flow->local_mac) && !has_addr(device, local);
    if (!is_mine) {
        return;
    }
    cw_merge_take_addr(inv, device, local, flow->vlan, flow->segment, out);
    if (!cw_store_find(inv, cw_key_addr(inv, flow->vlan, flow->segment, local, key))) {
        (void)cw_store_name(inv, device, key);
    }
}

void
cw_inventory_merge_flow(struct cw_inventory *inv, const struct cw_record_flow *flow,
                        struct cw_inventory_change *out)
{
    *out = (struct cw_inventory_change){0};
    note_recorder(inv, flow);
    struct cw_inv_device *device = flow->has_local ? find_local(inv, flow) : NULL;
    if (!device) {
        return;
    }
    device->last_ns = flow->last_ns > device->last_ns ? flow->last_ns : device->last_ns;
    out->device = device;
    if (!device->is_surveillance) {
        cw_store_reclass(inv, device, CW_CLASS_ORDINARY);
        return;
    }
    learn_addr(inv, device, flow, out);
    if (cw_destinations_merge(device, flow)) {
        out->what |= CW_INVENTORY_DESTINATION;
    }
    cw_merge_seen_again(device, out);
    cw_store_reclass(inv, device, CW_CLASS_SURVEILLANCE);
    out->what |= out->text[0] ? CW_INVENTORY_CHANGED : 0;
}
