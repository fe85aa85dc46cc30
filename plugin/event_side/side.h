/* SPDX-License-Identifier: Apache-2.0
 *
 * The event side's own parts: what ties the stages together below publisher.c. Like publisher.c
 * these files see all stages of the event side; no stage sees them. All of it runs in the
 * publisher's thread.
 */
#ifndef CW_EVENT_SIDE_SIDE_H
#define CW_EVENT_SIDE_SIDE_H

#include "camwatch/publisher.h"
#include "event/ring.h"
#include "event_side/checkpoint.h"
#include "event_side/outbox.h"
#include "event_side/note_file.h"
#include "inventory/assets.h"
#include "inventory/inventory.h"
#include "publish/enrich.h"
#include "publish/event.h"
#include "publish/geo.h"
#include "publish/policies.h"
#include "publish/totals.h"
#include "rules/rules.h"
#include "sink/sink.h"

enum { CW_EVENTS_SINKS = 8, CW_EVENTS_LISTINGS = 16 };

/* After a state that could not be saved. */
#define CW_EVENTS_SAVE_AGAIN_NS (60 * INT64_C(1000000000))

struct camwatch_publisher {
    struct camwatch_publisher_settings settings;
    char sensor[64];
    char boot_id[17];
    struct camwatch_ring *own_ring; /* NULL: the host gave its rings */
    struct camwatch_ring *rings[CAMWATCH_MAX_SHARDS];
    size_t n_rings;
    uint64_t noted[CAMWATCH_MAX_SHARDS]; /* positions in the rings */
    struct cw_totals *totals;
    struct cw_inventory *inventory;
    struct cw_assets *assets;
    struct cw_geo *geo;
    uint64_t geo_files, geo_seen; /* fingerprints: of those in use, of the last look */
    struct cw_enrich *enrich;
    struct cw_policies *policies;
    struct camwatch_event *event;
    struct camwatch_event *alert;       /* made while its cause is still needed */
    struct camwatch_event *destination; /* the same */
    struct cw_event_context context;
    struct cw_sink sinks[CW_EVENTS_SINKS];
    size_t n_sinks;
    struct cw_outbox *outbox; /* NULL: sinks get events at once */
    bool is_tick_noted, is_flush_due; /* with an outbox: the clock ticked; before the last note */
    uint64_t sink_drops[CAMWATCH_N_DROPS]; /* with an outbox: as of the last note */
    uint64_t records, events;
    uint64_t by_kind[CAMWATCH_N_EVENT_KINDS];
    uint64_t drops[CAMWATCH_N_DROPS];
    int64_t now_ns;
    bool is_blind;
    struct camwatch_losses losses, told_losses; /* now, and in the latest sensor-stats */
    bool holds;          /* rings outlive us: what is read is given back when it is kept */
    bool is_uncommitted; /* something was read or emitted since the last commit */
    unsigned ticks_due;  /* since is_state_due */
    struct cw_checkpoint checkpoint;
    struct cw_note_file note_file; /* open where it keeps the checkpoint */
    bool has_begun;
    bool is_state_due; /* devices became known since the last save */
    int64_t next_save_ns;
    union cw_record_any record; /* the reader's own copy */
    struct cw_device_view view;
    struct camwatch_listing listings[CW_EVENTS_LISTINGS];
};

/* ---- outputs.c ---- */

/** A line for the operator, where the host takes them; "" is none. */
void cw_events_log(struct camwatch_publisher *p, const char *text);

/** Finish an event and give it to every sink. */
void cw_events_emit(struct camwatch_publisher *p, struct camwatch_event *event);

/** What was in the outbox when it was turned last goes to the sinks. */
void cw_events_give(struct camwatch_publisher *p);

/** The next box of events is for the sinks; what these have to say is heard. */
void cw_events_turn_outbox(struct camwatch_publisher *p);

/** All that is left goes to the sinks, which get events at once from then on. */
void cw_events_close_outbox(struct camwatch_publisher *p);

/** What one sink lost, by reason; added to drops. */
void cw_events_add_drops_of(const struct camwatch_sink_account *sink,
                            uint64_t drops[CAMWATCH_N_DROPS]);

/** The same of all of them. */
void cw_events_add_sink_drops(const struct camwatch_publisher *p,
                              uint64_t drops[CAMWATCH_N_DROPS]);

/** emit, then what policies make of it: an event is out before what follows from it. */
void cw_events_deliver(struct camwatch_publisher *p, struct camwatch_event *event);

/** What a policy has to say becomes an event; user is the publisher. */
void cw_events_on_alert(void *user, const struct cw_event_policy *alert,
                        const struct camwatch_event *cause, int64_t time_ns);

/** @return CAMWATCH_OK, or what the last of the sinks that could not flush said */
int cw_events_flush(struct camwatch_publisher *p);

/** What sinks have to say: to the log, and as sensor-alerts where it is grave. */
void cw_events_tell_notices(struct camwatch_publisher *p);

/* ---- records.c ---- */

/** The record that was read last, by its type. */
void cw_events_handle(struct camwatch_publisher *p);

/** sensor-stats of one shard, or of the sum of all. */
void cw_events_tell_stats(struct camwatch_publisher *p, const struct cw_record_stats *record);

/** What time changed in the inventory; user is the publisher. */
void cw_events_on_inventory(void *user, const struct cw_inventory_change *change);

/* ---- state.c ---- */

/** Policies and inventory, with what the last run saved of them, and the assets.
 *  @return a status; error says what cannot be read */
int cw_events_open_state(struct camwatch_publisher *p, struct camwatch_error *error);

/** The opposite; may be called twice. */
void cw_events_close_state(struct camwatch_publisher *p);

/** Write inventory and policies to a file and beside it. @return the first status that is not OK */
int cw_events_save_state(struct camwatch_publisher *p, const char *file);

/** Live and without a checkpoint: what became known of devices is on disk within a second. */
void cw_events_save_when_due(struct camwatch_publisher *p);

/* ---- commit.c ---- */

/** A keeper's note is gone on from: what a publisher before us had read from the rings and not kept
 *  comes again. @return a status; error says what of the state cannot be read */
int cw_events_go_on(struct camwatch_publisher *p, const struct camwatch_sink_ops *keeper,
                    void *self, struct camwatch_error *error);

/** Before the first record, once all sinks are there: where none of them keeps the checkpoint and
 *  there is a state file, a file beside it does. May be called again. */
void cw_events_begin(struct camwatch_publisher *p);

/** Sinks, state and positions in the rings are kept in one step, and the rings have their room
 *  back. Does nothing where rings are not held, or nothing was read.
 *
 *  @param with_state   save inventory and policies with it
 *  @param is_finished  nothing follows */
void cw_events_commit(struct camwatch_publisher *p, bool with_state, bool is_finished);

/** A state has to go with what was read: it is saved by a tick, not for every turn. */
bool cw_events_awaits_state(const struct camwatch_publisher *p);

/** Commit; with the state where one is due and not too many devices make it dear. */
void cw_events_commit_in_tick(struct camwatch_publisher *p);

/* ---- exchange.c ---- */

/** A line about geo files; user is the publisher. */
void cw_events_on_geo(void *user, const char *text);

#endif
