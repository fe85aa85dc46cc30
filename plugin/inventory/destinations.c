/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "inventory/destinations.h"

#include <stdlib.h>

void
cw_destinations_clear(struct cw_inv_device *device)
{
    for (unsigned i = 0; i < device->n_destinations; i++) {
        free(device->destinations[i].name);
    }
    free(device->destinations);
    device->destinations = NULL;
    device->n_destinations = 0;
}

static struct cw_destination *
find(struct cw_inv_device *device, const struct cw_addr *addr)
{
    for (unsigned i = 0; i < device->n_destinations; i++) {
        if (cw_addr_equal(&device->destinations[i].addr, addr)) {
            return &device->destinations[i];
        }
    }
    return NULL;
}

static struct cw_destination *
append(struct cw_inv_device *device)
{
    unsigned n = device->n_destinations;
    if ((n & (n - 1)) == 0) { /* 0, 1, 2, 4, ... : full */
        struct cw_destination *more =
            realloc(device->destinations, (n ? 2 * n : 1) * sizeof(*more));
        if (!more) {
            return NULL;
        }
        device->destinations = more;
    }
    device->n_destinations++;
    device->destinations[n] = (struct cw_destination){0};
    return &device->destinations[n];
}

static struct cw_destination *
smallest(struct cw_inv_device *device)
{
    struct cw_destination *least = &device->destinations[0];
    for (unsigned i = 1; i < device->n_destinations; i++) {
        if (device->destinations[i].bytes < least->bytes) {
            least = &device->destinations[i];
        }
    }
    return least;
}

/* Full: a heavier one takes the place of the lightest, but nothing is told new any more. */
static struct cw_destination *
make_room(struct cw_inv_device *device, uint64_t bytes)
{
    if (device->n_destinations < CW_DEVICE_DESTINATIONS) {
        return append(device);
    }
    device->n_more_destinations++;
    struct cw_destination *least = smallest(device);
    if (least->bytes >= bytes) {
        return NULL;
    }
    free(least->name);
    *least = (struct cw_destination){0};
    return least;
}

static void
set_name(struct cw_destination *at, const char *name)
{
    if (name[0] == '\0' || (at->name && strcmp(at->name, name) == 0)) {
        return;
    }
    char *copy = strdup(name);
    if (copy) {
        free(at->name);
        at->name = copy;
    }
}

static bool
is_explained(const struct cw_record_flow *flow)
{
    bool is_named = flow->service.vendor[0] || flow->service.platform[0];
    bool is_question = strcmp(flow->protocol, "dns") == 0; /* a resolver */
    return is_named || is_question || flow->direction == CAMWATCH_DIRECTION_LAN ||
           flow->path == CAMWATCH_PATH_LAN;
}

/* A name was asked for, or somebody answered. */
static bool
is_destination(const struct cw_record_flow *flow, const struct cw_addr *peer)
{
    bool is_silent = flow->outcome == CAMWATCH_OUTCOME_ATTEMPTED && flow->domain[0] == '\0';
    return !is_silent && cw_device_is_usable_addr(peer);
}

static void
forget(struct cw_inv_device *device, struct cw_destination *at)
{
    device->bytes_explained += at->bytes;
    free(at->name);
    *at = device->destinations[--device->n_destinations];
}

bool
cw_destinations_merge(struct cw_inv_device *device, const struct cw_record_flow *flow)
{
    const struct cw_addr *peer = flow->local_is_destination ? &flow->src : &flow->dst;
    uint64_t bytes = flow->delta[0] + flow->delta[1];
    struct cw_destination *at = find(device, peer);
    device->bytes += bytes;
    if (is_explained(flow)) {
        device->bytes_explained += bytes;
        if (at) { /* what is explained now was the same before */
            forget(device, at);
        }
        return false;
    }
    if (!at && !is_destination(flow, peer)) {
        return false;
    }
    bool is_over = !at && device->n_destinations == CW_DEVICE_DESTINATIONS;
    at = at ? at : make_room(device, bytes);
    if (!at) {
        return false;
    }
    if (at->first_ns == 0) {
        at->addr = *peer;
        at->first_ns = flow->first_ns;
        at->proto = flow->proto;
        at->port = flow->local_is_destination ? flow->src_port : flow->dst_port;
        at->is_told = is_over;
    }
    at->bytes += bytes;
    at->last_ns = flow->last_ns > at->last_ns ? flow->last_ns : at->last_ns;
    set_name(at, flow->domain);
    if (at->is_told || flow->kind == CAMWATCH_EVENT_FLOW_CLASSIFIED ||
        flow->direction == CAMWATCH_DIRECTION_INBOUND) {
        return false; /* what explains it may come with the next packets; a caller is no goal */
    }
    at->is_told = true;
    return true;
}

static void
absorb_one(struct cw_inv_device *into, const struct cw_destination *from)
{
    struct cw_destination *at = find(into, &from->addr);
    if (!at) {
        at = make_room(into, from->bytes);
        if (at) {
            *at = *from;
            at->name = from->name ? strdup(from->name) : NULL;
        }
        return;
    }
    at->bytes += from->bytes;
    at->first_ns = from->first_ns < at->first_ns ? from->first_ns : at->first_ns;
    at->last_ns = from->last_ns > at->last_ns ? from->last_ns : at->last_ns;
}

void
cw_destinations_absorb(struct cw_inv_device *into, struct cw_inv_device *from)
{
    for (unsigned i = 0; i < from->n_destinations; i++) {
        absorb_one(into, &from->destinations[i]);
    }
    cw_destinations_clear(from);
    into->bytes += from->bytes;
    into->bytes_explained += from->bytes_explained;
    into->n_more_destinations += from->n_more_destinations;
}
