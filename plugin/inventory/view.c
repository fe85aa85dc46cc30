/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "inventory/assets.h"
#include "inventory/store.h"

const struct cw_inv_device *
cw_inventory_find(const struct cw_inventory *inv, const char *id)
{
    return cw_store_find(inv, id);
}

void
cw_inventory_set_assets(struct cw_inventory *inv, const struct cw_assets *assets)
{
    inv->assets = assets;
}

struct cw_inventory_counts
cw_inventory_count(const struct cw_inventory *inv)
{
    return (struct cw_inventory_counts){
        .surveillance = inv->ages[CW_CLASS_SURVEILLANCE].count,
        .ordinary = inv->ages[CW_CLASS_ORDINARY].count,
        .gone = inv->ages[CW_CLASS_GONE].count,
        .side = inv->ages[CW_CLASS_SIDE].count,
        .evicted = inv->evicted,
        .refused = inv->refused,
        .conflicts = inv->conflicts,
    };
}

static const char *
or_empty(const char *text)
{
    return text ? text : "";
}

static size_t
view_evidence(const struct cw_labels *labels, const struct cw_inv_device *device,
              struct camwatch_device_evidence *out)
{
    for (unsigned i = 0; i < device->n_pieces; i++) {
        const struct cw_piece *piece = &device->pieces[i];
        out[i] = (struct camwatch_device_evidence){
            .kind = camwatch_evidence_kind_text(piece->kind),
            .rule = cw_labels_text(labels, piece->rule),
            .seen = or_empty(piece->seen),
            .points = piece->points,
            .origin = piece->origin,
            .file = cw_labels_text(labels, piece->file),
            .frame = piece->frame,
            .time_ns = piece->time_ns,
        };
    }
    return device->n_pieces;
}

static void
view_addresses(const struct cw_inv_device *device, struct cw_device_view *out)
{
    for (unsigned i = 0; i < device->n_addrs; i++) {
        out->device.addresses[i] = cw_addr_format(&device->addrs[i], out->addresses[i]);
    }
    out->device.n_addresses = device->n_addrs;
}

static void
view_asset(const struct cw_inventory *inv, const struct cw_inv_device *device,
           struct cw_device_view *out)
{
    const struct cw_asset *asset = inv->assets ? cw_assets_of(inv->assets, device) : NULL;
    out->device.asset_name = asset ? asset->name : "";
    out->device.asset_site = asset ? asset->site : "";
    out->device.asset_maker = asset ? asset->maker : "";
    out->device.asset_status =
        inv->assets ? cw_assets_status(asset, device, out->device.brand, out->device.maker)
                    : CAMWATCH_ASSET_NONE;
}

void
cw_inventory_view(const struct cw_inventory *inv, const struct cw_inv_device *device,
                  struct cw_device_view *out)
{
    const struct cw_labels *labels = inv->labels;
    out->device = (struct camwatch_device){
        .size = sizeof(out->device),
        .id = device->id,
        .brand = cw_device_named(device, labels, device->brand, CW_FACT_BRAND),
        .maker = cw_device_named(device, labels, device->maker, CW_FACT_MAKER),
        .owner = "",
        .model = cw_device_fact(device, CW_FACT_MODEL),
        .serial = cw_device_fact(device, CW_FACT_SERIAL),
        .uid = cw_device_fact(device, CW_FACT_UID),
        .firmware = cw_device_fact(device, CW_FACT_FIRMWARE),
        .name = cw_device_fact(device, CW_FACT_NAME),
        .mac = device->n_macs ? cw_mac_format(&device->macs[0], out->mac) : "",
        .behind = or_empty(device->behind),
        .kind = device->kind,
        .scope = device->scope,
        .band = device->band,
        .confidence = device->confidence,
        .maker_confidence = device->maker_confidence,
        .is_surveillance = device->is_surveillance,
        .is_viewer = device->is_viewer,
        .is_gateway = device->is_gateway,
        .first_ns = device->first_ns,
        .last_ns = device->last_ns,
        .evidence = out->evidence,
    };
    out->device.n_evidence = view_evidence(labels, device, out->evidence);
    view_addresses(device, out);
    view_asset(inv, device, out);
}

static int
by_id(const void *left, const void *right)
{
    const struct cw_inv_device *const *a = left, *const *b = right;
    return strcmp((*a)->id, (*b)->id);
}

/** All records ordered by id: given, NULL when there are none. */
static const struct cw_inv_device **
sort_all(const struct cw_inventory *inv, size_t *n)
{
    size_t count = 0;
    for (unsigned i = 0; i < CW_N_CLASSES; i++) {
        count += inv->ages[i].count;
    }
    const struct cw_inv_device **all = count ? calloc(count, sizeof(*all)) : NULL;
    *n = 0;
    for (unsigned i = 0; all && i < CW_N_CLASSES; i++) {
        for (struct cw_inv_device *at = inv->ages[i].oldest; at; at = at->newer) {
            all[(*n)++] = at;
        }
    }
    if (all) {
        qsort((void *)all, *n, sizeof(*all), by_id);
    }
    return all;
}

void
cw_inventory_visit(const struct cw_inventory *inv, camwatch_device_fn visit, void *user)
{
    size_t n;
    const struct cw_inv_device **all = sort_all(inv, &n);
    for (size_t i = 0; i < n; i++) {
        struct cw_device_view view;
        cw_inventory_view(inv, all[i], &view);
        visit(user, &view.device);
    }
    free((void *)all);
}

static int
more_bytes_first(const void *left, const void *right)
{
    const struct cw_destination *const *a = left, *const *b = right;
    if ((*a)->bytes != (*b)->bytes) {
        return (*a)->bytes > (*b)->bytes ? -1 : 1;
    }
    return memcmp((*a)->addr.b, (*b)->addr.b, sizeof((*a)->addr.b));
}

size_t
cw_inventory_destinations(const struct cw_inv_device *device, struct cw_destination_view *out,
                          size_t max, struct cw_destination_totals *totals)
{
    const struct cw_destination *sorted[CW_DEVICE_DESTINATIONS];
    size_t n = device->n_destinations;
    for (size_t i = 0; i < n; i++) {
        sorted[i] = &device->destinations[i];
    }
    qsort((void *)sorted, n, sizeof(sorted[0]), more_bytes_first);
    n = n < max ? n : max;
    for (size_t i = 0; i < n; i++) {
        out[i] = (struct cw_destination_view){
            .name = or_empty(sorted[i]->name),
            .port = sorted[i]->port,
            .proto = sorted[i]->proto,
            .bytes = sorted[i]->bytes,
            .first_ns = sorted[i]->first_ns,
            .last_ns = sorted[i]->last_ns,
        };
        cw_addr_format(&sorted[i]->addr, out[i].address);
    }
    *totals = (struct cw_destination_totals){.bytes = device->bytes,
                                             .bytes_explained = device->bytes_explained,
                                             .unlisted = device->n_more_destinations};
    return n;
}
