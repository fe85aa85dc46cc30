/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <string.h>

#include "publish/event.h"
#include "publish/event_body.h"
#include "publish/pieces.h"

#define LISTS_MAX 16

static void
set_device_evidence(struct camwatch_event *event, const struct camwatch_device *device)
{
    struct cw_piece pieces[CW_PIECES_MAX];
    size_t n = device->n_evidence < CW_PIECES_MAX ? device->n_evidence : CW_PIECES_MAX;
    for (size_t i = 0; i < n; i++) {
        const struct camwatch_device_evidence *e = &device->evidence[i];
        pieces[i] = (struct cw_piece){.kind = e->kind,
                                      .seen = e->seen,
                                      .rule = e->rule,
                                      .file = e->file ? e->file : "",
                                      .points = e->points,
                                      .frame = e->frame};
    }
    cw_pieces_sort(pieces, n);
    for (size_t i = 0; i < n; i++) { /* the best that can be looked up stands for the event */
        if (pieces[i].frame > 0) {
            cw_event_set_text(event, CAMWATCH_FIELD_CAPTURE_FILE, pieces[i].file);
            cw_event_set_number(event, CAMWATCH_FIELD_CAPTURE_FRAME, pieces[i].frame);
            break;
        }
    }
    cw_pieces_set(event, pieces, n);
}

/* Lists that name the device, each once; entries that nobody verified accuse nobody. */
static void
set_lists(struct camwatch_event *event, const struct camwatch_device *device)
{
    const char *items[LISTS_MAX];
    size_t n = 0;
    for (size_t i = 0; i < device->n_listings && n < LISTS_MAX; i++) {
        bool is_new = strcmp(device->listings[i].status, "verified") == 0;
        for (size_t k = 0; k < n; k++) {
            is_new = is_new && strcmp(items[k], device->listings[i].list) != 0;
        }
        if (is_new) {
            items[n++] = device->listings[i].list;
        }
    }
    cw_event_set_list(event, CAMWATCH_FIELD_DEVICE_LISTS, items, n);
}

static void
set_if_known(struct camwatch_event *event, enum camwatch_field field, const char *text)
{
    if (text && *text) {
        cw_event_set_text(event, field, text);
    }
}

static void
set_sighting(struct camwatch_event *event, const struct camwatch_device *device)
{
    cw_event_set_time(event, CAMWATCH_FIELD_EVENT_START, device->first_ns);
    cw_event_set_time(event, CAMWATCH_FIELD_EVENT_END, device->last_ns);
    cw_event_set_text(event, CAMWATCH_FIELD_LOCAL_IP,
                      device->n_addresses ? device->addresses[0] : "");
    cw_event_set_known(event, CAMWATCH_FIELD_CONFIDENCE, device->confidence);
    cw_event_set_text(event, CAMWATCH_FIELD_BAND, camwatch_band_text(device->band));
    set_device_evidence(event, device);
}

void
cw_event_set_device(struct camwatch_event *event, const struct camwatch_device *device)
{
    set_if_known(event, CAMWATCH_FIELD_DEVICE_ID, device->id);
    cw_event_set_text(event, CAMWATCH_FIELD_DEVICE_KIND,
                      camwatch_device_kind_text(device->kind));
    cw_event_set_text(event, CAMWATCH_FIELD_DEVICE_SCOPE, camwatch_scope_text(device->scope));
    set_if_known(event, CAMWATCH_FIELD_DEVICE_BRAND, device->brand);
    set_if_known(event, CAMWATCH_FIELD_DEVICE_MAKER, device->maker);
    cw_event_set_known(event, CAMWATCH_FIELD_DEVICE_MAKER_CONFIDENCE, device->maker_confidence);
    set_if_known(event, CAMWATCH_FIELD_DEVICE_OWNER, device->owner);
    set_if_known(event, CAMWATCH_FIELD_DEVICE_MODEL, device->model);
    set_if_known(event, CAMWATCH_FIELD_DEVICE_SERIAL, device->serial);
    set_if_known(event, CAMWATCH_FIELD_DEVICE_FIRMWARE, device->firmware);
    set_if_known(event, CAMWATCH_FIELD_DEVICE_NAME, device->name);
    set_if_known(event, CAMWATCH_FIELD_DEVICE_MAC, device->mac);
    set_if_known(event, CAMWATCH_FIELD_ASSET_NAME, device->asset_name);
    set_if_known(event, CAMWATCH_FIELD_ASSET_SITE, device->asset_site);
    set_if_known(event, CAMWATCH_FIELD_DEVICE_BEHIND, device->behind);
    set_if_known(event, CAMWATCH_FIELD_ASSET_STATUS,
                 camwatch_asset_status_text(device->asset_status));
    if (device->n_addresses > 0) {
        cw_event_set_list(event, CAMWATCH_FIELD_DEVICE_IP, device->addresses,
                          device->n_addresses);
    }
    set_lists(event, device);
    if (event->stream == CAMWATCH_STREAM_DEVICES) {
        set_sighting(event, device);
    }
}

void
cw_event_from_device(struct camwatch_event *event, enum camwatch_event_kind kind,
                     int64_t time_ns, const struct camwatch_device *device, const char *reason,
                     const struct cw_event_context *context)
{
    cw_event_begin(event, kind, time_ns, context);
    assert(event->stream == CAMWATCH_STREAM_DEVICES);
    cw_event_set_text(event, CAMWATCH_FIELD_EVENT_REASON, reason);
    cw_event_set_device(event, device);
}

void
cw_event_from_destination(struct camwatch_event *event, const struct camwatch_event *flow,
                          const struct camwatch_device *device,
                          const struct cw_event_context *context)
{
    static const uint16_t carried[] = {
        CAMWATCH_FIELD_PEER_IP,      CAMWATCH_FIELD_PEER_PORT, CAMWATCH_FIELD_PEER_DOMAIN,
        CAMWATCH_FIELD_PEER_COUNTRY, CAMWATCH_FIELD_PEER_ASN,  CAMWATCH_FIELD_DOMAIN_SOURCE,
    };
    cw_event_from_device(event, CAMWATCH_EVENT_DEVICE_DESTINATION, flow->time_ns, device, "",
                         context);
    for (size_t i = 0; i < sizeof(carried) / sizeof(*carried); i++) {
        cw_event_put(event, carried[i], camwatch_event_text(flow, carried[i]));
        event->numbers[carried[i]] = flow->numbers[carried[i]];
    }
    cw_event_set_text(event, CAMWATCH_FIELD_EVENT_REASON, "no rule explains this destination");
}
