/* SPDX-License-Identifier: Apache-2.0
 *
 * The making of a published event. One object is used again and again: begin (or a cw_event_from_*
 * call, which begins), then fillers and setters in any order, then cw_event_finish, then sinks:
 *
 *   cw_event_from_flow(event, flow, context)
 *   cw_event_set_device(event, device)           what the inventory knows
 *   cw_event_set_text(event, CAMWATCH_FIELD_...) geo, AS, owners: the enrichment
 *   cw_event_finish(event, context)              the line for a person, event.id
 *
 * All texts are copied into one buffer of the event; nothing allocates after cw_event_new. An empty
 * text, no address and no MAC leave a field empty: unknown. Not thread-safe.
 */
#ifndef CW_PUBLISH_EVENT_H
#define CW_PUBLISH_EVENT_H

#include <stdbool.h>

#include "base/addr.h"
#include "camwatch/event.h"
#include "camwatch/publisher.h"
#include "model/record.h"

/** What an event says of the sensor, and where its ids come from. */
struct cw_event_context {
    const char *sensor;  /* observer.name; borrowed */
    const char *boot_id; /* live: of this start of the sensor; borrowed */
    const char *const
        *capture_files;            /* replay: index 0 is file 1; NULL-ended or NULL; borrowed */
    const char *const *interfaces; /* live: NULL-ended or NULL; borrowed */
    bool is_replay;                /* event.id is a hash of the contents */
    uint64_t sequence
        [CAMWATCH_N_STREAMS]; /* live: events numbered so far; cw_event_finish counts on */
};

/** NULL for lack of memory; given, free with cw_event_free. About 160 KB. */
struct camwatch_event *cw_event_new(void);
void cw_event_free(struct camwatch_event *event);

/** Empty the event and write what follows from its kind: ECS constants, observer, @timestamp. */
void cw_event_begin(struct camwatch_event *event, enum camwatch_event_kind kind,
                    int64_t time_ns, const struct cw_event_context *context);

/* Setters. The field's type must fit, by assertion; a text set again replaces the first. A text
 * that finds no room left in the event (16 KB) is left out, and cw_event_is_cut() says so. */

/** KEYWORD, IP, GEO. NULL is as "". */
void cw_event_set_text(struct camwatch_event *event, enum camwatch_field field,
                       const char *text);

/** LONG; also 0. Above 2^63-1 it stays there. */
void cw_event_set_number(struct camwatch_event *event, enum camwatch_field field,
                         uint64_t number);

/** The same for counts where 0 says nothing: leaves the field alone. */
void cw_event_set_known(struct camwatch_event *event, enum camwatch_field field,
                        uint64_t number);

/** DATE: RFC 3339, UTC, 9 digits. Years 1970 to 2261; 0 and less leave it empty. */
void cw_event_set_time(struct camwatch_event *event, enum camwatch_field field,
                       int64_t time_ns);

void cw_event_set_addr(struct camwatch_event *event, enum camwatch_field field,
                       const struct cw_addr *addr);
void cw_event_set_mac(struct camwatch_event *event, enum camwatch_field field,
                      const struct cw_mac *mac);

/** LIST. Empty items are left out; a ',' inside an item becomes ';', so that both forms agree. */
void cw_event_set_list(struct camwatch_event *event, enum camwatch_field field,
                       const char *const *items, size_t n);

/* Whole records. Each begins the event. */

void cw_event_from_flow(struct camwatch_event *event, const struct cw_record_flow *flow,
                        const struct cw_event_context *context);

/** The counters of one shard's record; the publisher's own go in with cw_event_set_number and
 *  cw_event_set_drops. */
void cw_event_from_stats(struct camwatch_event *event, const struct cw_record_stats *stats,
                         const struct cw_event_context *context);

void cw_event_from_alert(struct camwatch_event *event, const struct cw_record_alert *alert,
                         const struct cw_event_context *context);

/**
 * An event of the inventory: begins it and sets the device's fields.
 *
 * @param kind    of the stream devices
 * @param reason  event.reason: what changed; "" or NULL none
 */
void cw_event_from_device(struct camwatch_event *event, enum camwatch_event_kind kind,
                          int64_t time_ns, const struct camwatch_device *device,
                          const char *reason, const struct cw_event_context *context);

/** A far end of a device that no rule explains: DEVICE_DESTINATION with the far end's fields of the
 *  flow's event. */
void cw_event_from_destination(struct camwatch_event *event, const struct camwatch_event *flow,
                               const struct camwatch_device *device,
                               const struct cw_event_context *context);

/** What a policy says when it alerts; borrowed. */
struct cw_event_policy {
    const char *id, *name, *version, *reference, *reason;
    unsigned severity;        /* 1 low .. 4 critical */
    uint64_t alert_id;        /* the same from open to closed */
    unsigned state; /* enum camwatch_alert_state; NONE: told once, nothing follows */
    uint64_t events;          /* that matched since it was opened */
    const char *device;       /* camwatch.device.id where there is no cause; "" or NULL none */
    int64_t start_ns, end_ns; /* opened, last event that matched; 0: not known */
};

/** A policy-alert on an event: has all its fields that the stream alerts carries, and the
 *  policy's. */
void cw_event_from_policy(struct camwatch_event *event, const struct camwatch_event *cause,
                          const struct cw_event_policy *policy,
                          const struct cw_event_context *context);

/** A policy-alert without one cause: the digest of what a policy learnt, or the end of an alert. */
void cw_event_from_digest(struct camwatch_event *event, const struct cw_event_policy *policy,
                          int64_t time_ns, const struct cw_event_context *context);

/** The device was told by another id until now. Copied. */
void cw_event_set_former_id(struct camwatch_event *event, const char *id);

/* Parts. */

/** camwatch.device.*: all that the device has; in events of the stream devices also its evidence,
 *  confidence, addresses and times. */
void cw_event_set_device(struct camwatch_event *event, const struct camwatch_device *device);

/** camwatch.stats.drops: those above 0. */
void cw_event_set_drops(struct camwatch_event *event, const uint64_t drops[CAMWATCH_N_DROPS]);

/** message and event.id; the last step. */
void cw_event_finish(struct camwatch_event *event, struct cw_event_context *context);

/* A finished event by itself: its texts alone, about 3 KB. */

/** Bytes that cw_event_pack writes. */
size_t cw_event_packed_size(const struct camwatch_event *event);
void cw_event_pack(const struct camwatch_event *event, void *out);

/** Make event what was packed. */
void cw_event_unpack(struct camwatch_event *event, const void *packed);

/** A text found no room: count CAMWATCH_DROP_EVENT_TRUNCATED. */
bool cw_event_is_cut(const struct camwatch_event *event);

#endif
