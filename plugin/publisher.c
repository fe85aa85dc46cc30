/* SPDX-License-Identifier: Apache-2.0
 *
 * The event side's table of contents: record -> inventory -> enrichment -> policies -> event ->
 * sinks. Knows every stage of its side and no field.
 */
#define _GNU_SOURCE
#include "camwatch/publisher.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/text.h"
#include "event_side/side.h"

enum { RECORDS_IN_TURN = 256 };

void
camwatch_publisher_settings_default(struct camwatch_publisher_settings *settings)
{
    *settings = (struct camwatch_publisher_settings){
        .size = sizeof(*settings),
        .sensor = "sensor",
        .site = "default",
        .max_devices = 65536,
        .ring_bytes = 4u << 20,
    };
}

static void
make_boot_id(char out[17])
{
    uint8_t random[8] = {0};
    (void)!getrandom(random, sizeof(random), 0);
    for (unsigned i = 0; i < sizeof(random); i++) {
        (void)snprintf(out + 2 * i, 3, "%02x", random[i]);
    }
}

static bool
open_rings(struct camwatch_publisher *p)
{
    const struct camwatch_publisher_settings *s = &p->settings;
    if (s->rings) {
        p->n_rings = s->n_rings;
        memcpy(p->rings, s->rings, s->n_rings * sizeof(s->rings[0]));
    } else {
        p->own_ring = cw_ring_new(s->ring_bytes);
        p->rings[0] = p->own_ring;
        p->n_rings = p->own_ring ? 1 : 0;
    }
    p->totals = cw_totals_new((unsigned)p->n_rings);
    return p->n_rings > 0 && p->totals;
}

static int
open_stages(struct camwatch_publisher *p, struct camwatch_error *error)
{
    const struct camwatch_publisher_settings *s = &p->settings;
    bool has_rings = open_rings(p);
    p->event = cw_event_new();
    p->geo_files = p->geo_seen = cw_geo_fingerprint(s->geo_files);
    p->geo = cw_geo_new(s->geo_files, cw_events_on_geo, p);
    p->enrich = cw_enrich_new(s->rules, p->geo);
    p->alert = cw_event_new();
    p->destination = cw_event_new();
    p->outbox = s->defers_sinks ? cw_outbox_new() : NULL;
    p->holds = s->rings && !s->is_replay;
    p->checkpoint = (struct cw_checkpoint){
        .rings = p->rings, .n_rings = p->n_rings, .state_file = s->state_file};
    bool has_outbox = p->outbox || !s->defers_sinks;
    bool has_events = p->event && p->alert && p->destination;
    bool is_whole = has_rings && has_outbox && has_events && p->geo && p->enrich;
    return is_whole ? cw_events_open_state(p, error) : CAMWATCH_ENOMEM;
}

int
camwatch_publisher_open(const struct camwatch_publisher_settings *settings,
                        struct camwatch_publisher **out, struct camwatch_error *error)
{
    error->text[0] = '\0';
    bool has_rings = settings->rings
                         ? settings->n_rings > 0 && settings->n_rings <= CAMWATCH_MAX_SHARDS
                         : settings->n_rings == 0;
    if (settings->size != sizeof(*settings) || !settings->rules || !has_rings) {
        (void)snprintf(error->text, sizeof(error->text),
                       "publisher settings without rules, or with no or too many rings");
        return CAMWATCH_EINVAL;
    }
    struct camwatch_publisher *p = calloc(1, sizeof(*p));
    if (!p) {
        return CAMWATCH_ENOMEM;
    }
    p->settings = *settings;
    cw_text_set(p->sensor, sizeof(p->sensor), settings->sensor);
    make_boot_id(p->boot_id);
    p->note_file.fd = -1;
    p->context = (struct cw_event_context){
        .sensor = p->sensor,
        .boot_id = p->boot_id,
        .capture_files = settings->capture_files,
        .interfaces = settings->interfaces,
        .is_replay = settings->is_replay,
    };
    int status = open_stages(p, error);
    if (status != CAMWATCH_OK) {
        camwatch_publisher_close(&p);
        return status;
    }
    *out = p;
    return CAMWATCH_OK;
}

struct camwatch_ring *
camwatch_publisher_ring(struct camwatch_publisher *p)
{
    return p->rings[0];
}

static size_t
run_ring(struct camwatch_publisher *p, struct camwatch_ring *ring, size_t max, uint64_t to)
{
    size_t n = 0;
    while (n < max && ring->read < to && cw_ring_peek(ring, &p->record)) {
        p->records++;
        int64_t time_ns = p->record.head.time_ns;
        p->now_ns = time_ns > p->now_ns ? time_ns : p->now_ns;
        cw_events_handle(p);
        p->is_uncommitted = true;
        if (p->holds) {
            cw_ring_pass(ring);
        } else {
            cw_ring_release(ring);
        }
        n++;
    }
    return n;
}

size_t
camwatch_publisher_run(struct camwatch_publisher *p)
{
    size_t all = 0;
    size_t n;
    cw_events_begin(p);
    do {
        n = 0;
        for (size_t i = 0; i < p->n_rings; i++) {
            bool is_one = p->n_rings == 1 && !p->holds;
            n += run_ring(p, p->rings[i], is_one ? SIZE_MAX : RECORDS_IN_TURN, UINT64_MAX);
        }
        all += n;
        if (cw_checkpoint_is_pressing(&p->checkpoint)) {
            cw_events_commit(p, cw_events_awaits_state(p), false);
        }
    } while (n > 0);
    if (all > 0 && !cw_events_awaits_state(p)) {
        cw_events_commit(p, false, false);
    }
    return all;
}

void
camwatch_publisher_note(struct camwatch_publisher *p)
{
    for (size_t i = 0; i < p->n_rings; i++) {
        p->noted[i] = p->rings[i]->read + cw_ring_waiting(p->rings[i]);
    }
    if (p->outbox) {
        cw_events_turn_outbox(p);
    }
}

void
camwatch_publisher_deliver(struct camwatch_publisher *p)
{
    if (p->outbox) {
        cw_events_give(p);
    }
}

size_t
camwatch_publisher_run_noted(struct camwatch_publisher *p)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n_rings; i++) {
        n += run_ring(p, p->rings[i], SIZE_MAX, p->noted[i]);
    }
    return n;
}

void
camwatch_publisher_alert(struct camwatch_publisher *p, int64_t time_ns, unsigned severity,
                         const char *name, const char *reason)
{
    struct cw_record_alert alert = {.head.time_ns = time_ns, .severity = (uint8_t)severity};
    cw_text_set(alert.name, sizeof(alert.name), name);
    cw_text_set(alert.reason, sizeof(alert.reason), reason);
    cw_event_from_alert(p->event, &alert, &p->context);
    cw_events_deliver(p, p->event);
}

void
camwatch_publisher_set_losses(struct camwatch_publisher *p, const struct camwatch_losses *losses)
{
    p->losses = *losses;
}

void
camwatch_publisher_set_blind(struct camwatch_publisher *p, bool is_blind)
{
    p->is_blind = is_blind;
}

void
camwatch_publisher_tick(struct camwatch_publisher *p, int64_t now_ns)
{
    p->now_ns = now_ns > p->now_ns ? now_ns : p->now_ns;
    cw_policies_tick(p->policies, p->now_ns, cw_events_on_alert, p);
    cw_inventory_tick(p->inventory, p->now_ns, p->is_blind, cw_events_on_inventory, p);
    if (p->outbox) {
        p->is_tick_noted = true; /* the sinks are another thread's until the next note */
        return;
    }
    cw_events_tell_notices(p);
    if (!cw_events_awaits_state(p)) { /* else it goes out with what is known by then */
        (void)cw_events_flush(p);
    }
    cw_events_commit_in_tick(p);
    cw_events_save_when_due(p);
}

static bool
losses_have_changed(const struct camwatch_publisher *p)
{
    return p->losses.kernel_drops != p->told_losses.kernel_drops ||
           p->losses.interface_drops != p->told_losses.interface_drops ||
           p->losses.process_losses != p->told_losses.process_losses;
}

int
camwatch_publisher_finish(struct camwatch_publisher *p)
{
    (void)camwatch_publisher_run(p);
    cw_events_close_outbox(p);
    struct cw_record_stats rest;
    bool has_news = cw_totals_rest(p->totals, &rest) ||
                    (losses_have_changed(p) && cw_totals_now(p->totals, &rest));
    if (has_news) {
        cw_events_tell_stats(p, &rest);
    }
    cw_events_commit(p, true, true);
    int status = cw_events_flush(p);
    bool is_kept = p->checkpoint.keeper && !p->is_uncommitted;
    if (!p->settings.state_file || is_kept) {
        return status;
    }
    int saved = cw_events_save_state(p, p->settings.state_file);
    cw_checkpoint_forget_states(&p->checkpoint);
    return saved != CAMWATCH_OK ? saved : status;
}

void
camwatch_publisher_get_account(const struct camwatch_publisher *p,
                               struct camwatch_publisher_account *out)
{
    *out = (struct camwatch_publisher_account){
        .size = sizeof(*out),
        .records = p->records,
        .events = p->events,
        .n_sinks = p->n_sinks,
    };
    for (size_t i = 0; i < p->n_rings; i++) {
        out->bad_records += p->rings[i]->bad_records;
    }
    memcpy(out->by_kind, p->by_kind, sizeof(out->by_kind));
    memcpy(out->drops, p->drops, sizeof(out->drops));
    out->drops[CAMWATCH_DROP_DEVICES_FULL] = cw_inventory_count(p->inventory).refused;
    for (size_t i = 0; i < p->n_sinks; i++) {
        struct camwatch_sink_account *account = &out->sinks[i].account;
        account->size = sizeof(*account);
        out->sinks[i].name = p->sinks[i].ops->name;
        p->sinks[i].ops->account(p->sinks[i].self, account);
        cw_events_add_drops_of(account, out->drops);
    }
}

void
camwatch_publisher_close(struct camwatch_publisher **publisher)
{
    struct camwatch_publisher *p = *publisher;
    if (!p) {
        return;
    }
    for (size_t i = 0; i < p->n_sinks; i++) {
        if (p->sinks[i].ops->close) {
            p->sinks[i].ops->close(p->sinks[i].self);
        }
    }
    cw_note_file_close(&p->note_file);
    cw_enrich_free(p->enrich);
    cw_geo_free(p->geo);
    cw_events_close_state(p);
    cw_outbox_free(p->outbox);
    cw_event_free(p->alert);
    cw_event_free(p->destination);
    cw_event_free(p->event);
    cw_totals_free(p->totals);
    cw_ring_free(p->own_ring);
    free(p);
    *publisher = NULL;
}
