/* SPDX-License-Identifier: Apache-2.0
 *
 * A record from the packet side becomes what the inventory knows, and events.
 */
#define _GNU_SOURCE
#include "event_side/side.h"

/* The public view of a device, with what the rules say of its maker at that time. */
static const struct camwatch_device *
view_device(struct camwatch_publisher *p, const struct cw_inv_device *device, int64_t time_ns)
{
    cw_inventory_view(p->inventory, device, &p->view);
    struct camwatch_device *v = &p->view.device;
    v->owner = cw_owner_of(p->settings.rules, v->brand, v->maker, time_ns);
    v->n_listings = camwatch_rules_listings(p->settings.rules, v->maker, v->brand, time_ns,
                                            p->listings, CW_EVENTS_LISTINGS);
    v->listings = p->listings;
    return v;
}

static void
tell_device(struct camwatch_publisher *p, const struct cw_inventory_change *change,
            unsigned kind, int64_t time_ns)
{
    const struct camwatch_device *device = view_device(p, change->device, time_ns);
    cw_event_from_device(p->event, kind, time_ns, device, change->text, &p->context);
    cw_event_set_former_id(p->event, change->former_id);
    cw_events_deliver(p, p->event);
    p->is_state_due = !p->settings.is_replay;
}

static void
tell_change(struct camwatch_publisher *p, const struct cw_inventory_change *change,
            int64_t time_ns)
{
    if (change->what & CW_INVENTORY_NEW) {
        tell_device(p, change, CAMWATCH_EVENT_DEVICE_NEW, time_ns);
        return;
    }
    if (change->what & CW_INVENTORY_IDENTIFIED) {
        tell_device(p, change, CAMWATCH_EVENT_DEVICE_IDENTIFIED, time_ns);
    }
    if (change->what & CW_INVENTORY_CHANGED) {
        tell_device(p, change, CAMWATCH_EVENT_DEVICE_CHANGED, time_ns);
    }
    if (change->what & CW_INVENTORY_GONE) {
        tell_device(p, change, CAMWATCH_EVENT_DEVICE_GONE, time_ns);
    }
}

/* After the event of its flow, which says where it is. */
static void
tell_destination(struct camwatch_publisher *p, const struct cw_inventory_change *change,
                 int64_t time_ns)
{
    cw_event_from_destination(p->destination, p->event, view_device(p, change->device, time_ns),
                              &p->context);
    cw_events_deliver(p, p->destination);
    p->is_state_due = !p->settings.is_replay;
}

static void
handle_device(struct camwatch_publisher *p, const struct cw_record_device *record)
{
    struct cw_inventory_change change;
    cw_inventory_merge_device(p->inventory, record, &change);
    tell_change(p, &change, record->head.time_ns);
}

static void
handle_flow(struct camwatch_publisher *p, const struct cw_record_flow *record)
{
    struct cw_inventory_change change;
    cw_inventory_merge_flow(p->inventory, record, &change);
    cw_event_from_flow(p->event, record, &p->context);
    if (change.device) {
        const struct camwatch_device *device =
            view_device(p, change.device, record->head.time_ns);
        if (device->is_surveillance) {
            cw_event_set_device(p->event, device);
        }
    }
    cw_enrich_flow(p->enrich, p->event, record);
    cw_events_deliver(p, p->event);
    if (change.what & CW_INVENTORY_DESTINATION) {
        tell_destination(p, &change, record->head.time_ns);
    }
    tell_change(p, &change, record->head.time_ns);
}

void
cw_events_tell_stats(struct camwatch_publisher *p, const struct cw_record_stats *record)
{
    struct cw_inventory_counts counts = cw_inventory_count(p->inventory);
    uint64_t drops[CAMWATCH_N_DROPS];
    for (unsigned i = 0; i < CAMWATCH_N_DROPS; i++) {
        drops[i] = record->drops[i] + p->drops[i] + p->sink_drops[i];
    }
    drops[CAMWATCH_DROP_DEVICES_FULL] += counts.refused;
    if (!p->outbox) {
        cw_events_add_sink_drops(p, drops);
    }
    struct cw_record_stats whole = *record;
    p->told_losses = p->losses;
    whole.kernel_drops += p->losses.kernel_drops;
    cw_event_from_stats(p->event, &whole, &p->context);
    cw_event_set_drops(p->event, drops);
    cw_event_set_known(p->event, CAMWATCH_FIELD_STATS_INTERFACE_DROPS,
                       p->losses.interface_drops);
    cw_event_set_known(p->event, CAMWATCH_FIELD_STATS_LOST, p->losses.process_losses);
    cw_event_set_number(p->event, CAMWATCH_FIELD_STATS_DEVICES, counts.surveillance);
    cw_event_set_number(p->event, CAMWATCH_FIELD_STATS_EVENTS, p->events);
    cw_events_deliver(p, p->event);
}

static void
handle_stats(struct camwatch_publisher *p, const struct cw_record_stats *record)
{
    struct cw_record_stats sum;
    if (cw_totals_add(p->totals, record, &sum)) {
        cw_events_tell_stats(p, &sum);
    }
}

void
cw_events_handle(struct camwatch_publisher *p)
{
    switch ((enum cw_record_type)p->record.head.type) {
    case CW_RECORD_FLOW:
        handle_flow(p, &p->record.flow);
        break;
    case CW_RECORD_DEVICE:
        handle_device(p, &p->record.device);
        break;
    case CW_RECORD_STATS:
        handle_stats(p, &p->record.stats);
        break;
    case CW_RECORD_ALERT:
        cw_event_from_alert(p->event, &p->record.alert, &p->context);
        cw_events_deliver(p, p->event);
        break;
    case CW_RECORD_NONE:
        break;
    }
}

void
cw_events_on_inventory(void *user, const struct cw_inventory_change *change)
{
    struct camwatch_publisher *p = user;
    tell_change(p, change, p->now_ns);
}
