/* SPDX-License-Identifier: Apache-2.0
 *
 * The inventory's visits, with owners, lists and what nothing explains.
 */
#define _GNU_SOURCE
#include "event_side/side.h"

enum { MAX_UNEXPLAINED = 64 };

struct visit {
    const struct camwatch_publisher *publisher;
    camwatch_device_fn visit;
    void *user;
};

/* What nothing explains, as the public form has it. */
static size_t
list_unexplained(const struct camwatch_publisher *p, struct camwatch_device *device,
                 struct cw_destination_view views[MAX_UNEXPLAINED],
                 struct camwatch_destination out[MAX_UNEXPLAINED])
{
    const struct cw_inv_device *known = cw_inventory_find(p->inventory, device->id);
    struct cw_destination_totals totals = {0};
    size_t n = known ? cw_inventory_destinations(known, views, MAX_UNEXPLAINED, &totals) : 0;
    for (size_t i = 0; i < n; i++) {
        out[i] = (struct camwatch_destination){
            .address = views[i].address,
            .name = views[i].name,
            .port = views[i].port,
            .proto = views[i].proto,
            .bytes = views[i].bytes,
            .first_ns = views[i].first_ns,
            .last_ns = views[i].last_ns,
        };
    }
    device->bytes = totals.bytes;
    device->bytes_explained = totals.bytes_explained;
    device->more_unexplained = totals.unlisted;
    return n;
}

static void
visit_device(void *user, const struct camwatch_device *device)
{
    const struct visit *v = user;
    struct camwatch_device with = *device;
    struct camwatch_listing listings[CW_EVENTS_LISTINGS];
    struct cw_destination_view views[MAX_UNEXPLAINED];
    struct camwatch_destination unexplained[MAX_UNEXPLAINED];
    const struct camwatch_rules *rules = v->publisher->settings.rules;
    with.owner = cw_owner_of(rules, with.brand, with.maker, with.last_ns);
    with.n_listings = camwatch_rules_listings(rules, with.maker, with.brand, with.last_ns,
                                              listings, CW_EVENTS_LISTINGS);
    with.listings = listings;
    with.n_unexplained = list_unexplained(v->publisher, &with, views, unexplained);
    with.unexplained = unexplained;
    v->visit(v->user, &with);
}

struct asset_visit {
    camwatch_asset_fn visit;
    void *user;
};

static void
visit_asset(void *user, const struct camwatch_device *device, const struct cw_asset *asset)
{
    const struct asset_visit *v = user;
    char mac[CW_MAC_TEXT_MAX] = "", addr[CW_ADDR_TEXT_MAX] = "";
    if (device) {
        return;
    }
    v->visit(
        v->user,
        &(struct camwatch_asset){
            .size = sizeof(struct camwatch_asset),
            .mac = cw_mac_is_none(&asset->mac) ? "" : cw_mac_format(&asset->mac, mac),
            .address = cw_addr_is_none(&asset->addr) ? "" : cw_addr_format(&asset->addr, addr),
            .serial = asset->serial,
            .name = asset->name,
            .site = asset->site,
            .owner = asset->owner,
            .maker = asset->maker,
            .line = asset->line,
        });
}

void
camwatch_publisher_absent_assets(const struct camwatch_publisher *p, camwatch_asset_fn visit,
                                 void *user)
{
    struct asset_visit v = {.visit = visit, .user = user};
    if (p->assets) {
        cw_assets_audit(p->assets, p->inventory, visit_asset, &v);
    }
}

void
camwatch_publisher_devices(const struct camwatch_publisher *p, camwatch_device_fn visit,
                           void *user)
{
    struct visit v = {.publisher = p, .visit = visit, .user = user};
    cw_inventory_visit(p->inventory, visit_device, &v);
}
