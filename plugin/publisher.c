/* SPDX-License-Identifier: Apache-2.0
 *
 * The event side's table of contents: record -> inventory -> enrichment -> policies -> event -> sinks.
 * Knows every stage of its side and no field.
 */
#define _GNU_SOURCE
#include "camwatch/publisher.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/text.h"
#include "event/ring.h"
#include "event_side/checkpoint.h"
#include "inventory/assets.h"
#include "inventory/inventory.h"
#include "publish/enrich.h"
#include "publish/event.h"
#include "publish/geo.h"
#include "publish/policies.h"
#include "publish/totals.h"
#include "rules/policy.h"
#include "rules/rules.h"
#include "sink/ndjson.h"
#include "sink/redis.h"
#include "sink/syslog.h"

enum {
    MAX_SINKS = 8,
    MAX_LISTINGS = 16,
    MAX_UNEXPLAINED = 64,
    MAX_GEO = 8,
    LOG_WARNING_LEVEL = 4,
    RECORDS_IN_TURN = 256,
    DEVICES_A_TICK = 2000 /* the state of so many is worth saving at every tick */
};

#define SAVE_PERIOD_NS (1000000000LL)
#define SAVE_AGAIN_NS  (60 * 1000000000LL) /* after a failure */

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
    struct cw_sink sinks[MAX_SINKS];
    size_t n_sinks;
    uint64_t records, events;
    uint64_t by_kind[CAMWATCH_N_EVENT_KINDS];
    uint64_t drops[CAMWATCH_N_DROPS];
    int64_t now_ns;
    bool is_blind;
    bool holds;          /* rings outlive us: what is read is given back when it is kept */
    bool is_uncommitted; /* something was read or emitted since the last commit */
    unsigned ticks_due;  /* since is_state_due */
    struct cw_checkpoint checkpoint;
    bool is_state_due; /* devices became known since the last save */
    int64_t next_save_ns;
    union cw_record_any record; /* the reader's own copy */
    struct cw_device_view view;
    struct camwatch_listing listings[MAX_LISTINGS];
};

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
log_line(struct camwatch_publisher *p, const char *text)
{
    if (p->settings.log && text[0] != '\0') {
        p->settings.log(p->settings.log_user, LOG_WARNING_LEVEL, text);
    }
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

static void
on_geo_message(void *user, const char *text)
{
    log_line(user, text);
}

static int
open_inventory(struct camwatch_publisher *p, struct camwatch_error *error)
{
    const struct camwatch_publisher_settings *s = &p->settings;
    p->inventory = cw_inventory_new(&(struct cw_inventory_settings){
        .site = s->site,
        .max_devices = s->max_devices,
        .capture_files = s->capture_files,
        .hash_key = {0x696e7665, 0x6e746f72},
    });
    if (!p->inventory) {
        return CAMWATCH_ENOMEM;
    }
    if (s->state_file) {
        int status = cw_inventory_load(p->inventory, s->state_file, error);
        if (status == CAMWATCH_EIO) {
            return status;
        }
        log_line(p, error->text);
        error->text[0] = '\0';
    }
    if (s->assets_file) {
        int status = cw_assets_load(s->assets_file, &p->assets, error);
        if (status != CAMWATCH_OK) {
            return status;
        }
        cw_inventory_set_assets(p->inventory, p->assets);
    }
    return CAMWATCH_OK;
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

/* Policies are judged by what the rules say; the stage that counts knows no rules. */
static uint32_t
count_policies(const void *rules)
{
    return cw_rules_n_policies(rules);
}

static void
get_policy(const void *rules, uint32_t index, struct cw_policy *out)
{
    cw_rules_policy(rules, index, out);
}

static bool
policy_matches(const void *rules, uint32_t index, enum camwatch_event_kind kind,
               const void *event, cw_policy_field_fn text)
{
    return cw_rules_policy_matches(rules, index, kind, event, text);
}

static bool
policy_allows(const void *rules, uint32_t index, enum camwatch_event_kind kind, int64_t time_ns,
              const void *event, cw_policy_field_fn text, struct cw_policy_allow *out)
{
    return cw_rules_policy_allows(rules, index, kind, time_ns, event, text, out);
}

/* What policies learnt stands beside the inventory. */
static const char *
policies_file(const char *state_file, char out[PATH_MAX])
{
    (void)snprintf(out, PATH_MAX, "%s.policies", state_file);
    return out;
}

static struct cw_policies *
open_policies(const struct camwatch_publisher_settings *s)
{
    static const struct cw_policy_ops ops = {
        .count = count_policies,
        .get = get_policy,
        .matches = policy_matches,
        .allows = policy_allows,
    };
    return cw_policies_new(&(struct cw_policies_settings){
        .rules = cw_rules_of(s->rules),
        .ops = &ops,
        .rules_version = camwatch_rules_version(s->rules),
        .learns = !s->is_replay,
    });
}

/* Policies and inventory, with what the last run saved of them. */
static int
open_state(struct camwatch_publisher *p, struct camwatch_error *error)
{
    const struct camwatch_publisher_settings *s = &p->settings;
    p->policies = open_policies(s);
    if (!p->policies) {
        return CAMWATCH_ENOMEM;
    }
    if (s->state_file) {
        char path[PATH_MAX];
        int status = cw_policies_load(p->policies, policies_file(s->state_file, path), error);
        log_line(p, error->text);
        if (status == CAMWATCH_EIO) {
            return status;
        }
        error->text[0] = '\0';
    }
    return open_inventory(p, error);
}

static void
close_state(struct camwatch_publisher *p)
{
    cw_policies_free(p->policies);
    cw_inventory_free(p->inventory);
    cw_assets_free(p->assets);
    p->policies = NULL;
    p->inventory = NULL;
    p->assets = NULL;
}

static int
open_stages(struct camwatch_publisher *p, struct camwatch_error *error)
{
    const struct camwatch_publisher_settings *s = &p->settings;
    bool has_rings = open_rings(p);
    p->event = cw_event_new();
    p->geo_files = p->geo_seen = cw_geo_fingerprint(s->geo_files);
    p->geo = cw_geo_new(s->geo_files, on_geo_message, p);
    p->enrich = cw_enrich_new(s->rules, p->geo);
    p->alert = cw_event_new();
    p->destination = cw_event_new();
    p->holds = s->rings && !s->is_replay;
    p->checkpoint = (struct cw_checkpoint){
        .rings = p->rings, .n_rings = p->n_rings, .state_file = s->state_file};
    bool is_whole = has_rings && p->event && p->alert && p->destination && p->geo && p->enrich;
    return is_whole ? open_state(p, error) : CAMWATCH_ENOMEM;
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

/* ---- sinks ---- */

int
camwatch_publisher_add_sink(struct camwatch_publisher *p, const struct camwatch_sink_ops *ops,
                            void *self)
{
    if (p->n_sinks == MAX_SINKS) {
        ops->close(self);
        return CAMWATCH_EFULL;
    }
    p->sinks[p->n_sinks++] = (struct cw_sink){.ops = ops, .self = self};
    return CAMWATCH_OK;
}

int
camwatch_publisher_add_ndjson(struct camwatch_publisher *p, const char *path,
                              struct camwatch_error *error)
{
    return camwatch_publisher_add_file(p,
                                       &(struct camwatch_file_settings){
                                           .size = sizeof(struct camwatch_file_settings),
                                           .path = path,
                                           .append = !p->settings.is_replay,
                                       },
                                       error);
}

int
camwatch_publisher_add_file(struct camwatch_publisher *p,
                            const struct camwatch_file_settings *settings,
                            struct camwatch_error *error)
{
    struct camwatch_file_settings own = *settings;
    struct cw_sink sink;
    if (own.disk_bytes > 0 && own.rotate_bytes == 0) {
        own.rotate_bytes = own.disk_bytes / 8 + 1;
    }
    if (own.size != sizeof(own) || !own.path ||
        own.disk_bytes / 2 < own.rotate_bytes * (own.disk_bytes > 0)) {
        (void)snprintf(error->text, sizeof(error->text),
                       "file settings without a path, or with a bound on disk below two files");
        return CAMWATCH_EINVAL;
    }
    int status = cw_ndjson_open(&own, &sink, error);
    return status != CAMWATCH_OK ? status : camwatch_publisher_add_sink(p, sink.ops, sink.self);
}

int
camwatch_publisher_add_syslog(struct camwatch_publisher *p,
                              const struct camwatch_syslog_settings *settings,
                              struct camwatch_error *error)
{
    struct cw_sink sink;
    int status = cw_syslog_open(settings, &sink, error);
    return status != CAMWATCH_OK ? status : camwatch_publisher_add_sink(p, sink.ops, sink.self);
}

/* What a publisher before us had read from the rings and not kept comes again. */
static int
go_on(struct camwatch_publisher *p, const struct cw_sink *sink, struct camwatch_error *error)
{
    struct cw_checkpoint_numbers numbers;
    bool is_moved;
    if (cw_checkpoint_begin(&p->checkpoint, sink->ops, sink->self, &numbers, &is_moved)) {
        memcpy(p->boot_id, numbers.boot_id, sizeof(p->boot_id));
        memcpy(p->context.sequence, numbers.sequence, sizeof(numbers.sequence));
    }
    if (!is_moved) {
        return CAMWATCH_OK;
    }
    close_state(p);
    return open_state(p, error);
}

int
camwatch_publisher_add_redis(struct camwatch_publisher *p,
                             const struct camwatch_redis_settings *settings,
                             struct camwatch_error *error)
{
    struct camwatch_redis_settings own = *settings;
    struct cw_sink sink;
    own.sensor = settings->sensor ? settings->sensor : p->sensor;
    own.boot_id = settings->boot_id ? settings->boot_id : p->boot_id;
    own.awaits_commit = p->holds && settings->spool_folder && !p->checkpoint.keeper;
    int status = cw_redis_open(&own, &sink, error);
    if (status == CAMWATCH_OK) {
        status = camwatch_publisher_add_sink(p, sink.ops, sink.self);
    }
    return status == CAMWATCH_OK && own.awaits_commit ? go_on(p, &sink, error) : status;
}

static void
emit(struct camwatch_publisher *p, struct camwatch_event *event)
{
    cw_event_finish(event, &p->context);
    if (cw_event_is_cut(event)) {
        p->drops[CAMWATCH_DROP_EVENT_TRUNCATED]++;
    }
    p->events++;
    p->is_uncommitted = true;
    p->by_kind[camwatch_event_get_kind(event)]++;
    for (size_t i = 0; i < p->n_sinks; i++) {
        p->sinks[i].ops->emit(p->sinks[i].self, event);
    }
}

static void
on_alert(void *user, const struct cw_event_policy *alert, const struct camwatch_event *cause,
         int64_t time_ns)
{
    struct camwatch_publisher *p = user;
    if (cause) {
        cw_event_from_policy(p->alert, cause, alert, &p->context);
    } else {
        cw_event_from_digest(p->alert, alert, time_ns, &p->context);
    }
    emit(p, p->alert);
    p->is_state_due = !p->settings.is_replay; /* policies know that they told it */
}

/* An event is out before what follows from it. */
static void
deliver_event(struct camwatch_publisher *p, struct camwatch_event *event)
{
    emit(p, event);
    cw_policies_judge(p->policies, event, on_alert, p);
}

static void
deliver(struct camwatch_publisher *p)
{
    deliver_event(p, p->event);
}

/* ---- records ---- */

/* The public view of a device, with what the rules say of its maker at that time. */
static const struct camwatch_device *
view_device(struct camwatch_publisher *p, const struct cw_inv_device *device, int64_t time_ns)
{
    cw_inventory_view(p->inventory, device, &p->view);
    struct camwatch_device *v = &p->view.device;
    v->owner = cw_owner_of(p->settings.rules, v->brand, v->maker, time_ns);
    v->n_listings = camwatch_rules_listings(p->settings.rules, v->maker, v->brand, time_ns,
                                            p->listings, MAX_LISTINGS);
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
    deliver(p);
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
    deliver_event(p, p->destination);
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
    deliver(p);
    if (change.what & CW_INVENTORY_DESTINATION) {
        tell_destination(p, &change, record->head.time_ns);
    }
    tell_change(p, &change, record->head.time_ns);
}

static void
tell_stats(struct camwatch_publisher *p, const struct cw_record_stats *record)
{
    struct cw_inventory_counts counts = cw_inventory_count(p->inventory);
    struct camwatch_publisher_account account = {.size = sizeof(account)};
    uint64_t drops[CAMWATCH_N_DROPS];
    camwatch_publisher_get_account(p, &account);
    for (unsigned i = 0; i < CAMWATCH_N_DROPS; i++) {
        drops[i] = record->drops[i] + account.drops[i];
    }
    cw_event_from_stats(p->event, record, &p->context);
    cw_event_set_drops(p->event, drops);
    cw_event_set_number(p->event, CAMWATCH_FIELD_STATS_DEVICES, counts.surveillance);
    cw_event_set_number(p->event, CAMWATCH_FIELD_STATS_EVENTS, p->events);
    deliver(p);
}

static void
handle_stats(struct camwatch_publisher *p, const struct cw_record_stats *record)
{
    struct cw_record_stats sum;
    if (cw_totals_add(p->totals, record, &sum)) {
        tell_stats(p, &sum);
    }
}

static void
handle_record(struct camwatch_publisher *p)
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
        deliver(p);
        break;
    case CW_RECORD_NONE:
        break;
    }
}

/* ---- keeping ---- */

static int
flush_sinks(struct camwatch_publisher *p)
{
    int status = CAMWATCH_OK;
    for (size_t i = 0; i < p->n_sinks; i++) {
        int one = p->sinks[i].ops->flush(p->sinks[i].self);
        status = one != CAMWATCH_OK ? one : status;
    }
    return status;
}

static int
save_state(struct camwatch_publisher *p, const char *file)
{
    struct camwatch_error error = {""};
    int status = cw_inventory_save(p->inventory, file, &error);
    log_line(p, error.text);
    char path[PATH_MAX];
    error.text[0] = '\0';
    int policies = cw_policies_save(p->policies, policies_file(file, path), &error);
    log_line(p, error.text);
    return status != CAMWATCH_OK ? status : policies;
}

/* What was read from the rings is kept, and the rings have it back. */
static void
commit(struct camwatch_publisher *p, bool with_state, bool is_finished)
{
    struct cw_checkpoint_numbers numbers;
    char path[CW_CHECKPOINT_PATH_MAX];
    if (!p->holds || (!p->is_uncommitted && !is_finished)) {
        return;
    }
    (void)flush_sinks(p);
    bool has_state =
        with_state && p->settings.state_file && p->checkpoint.keeper &&
        save_state(p, cw_checkpoint_state_path(&p->checkpoint, path)) == CAMWATCH_OK;
    memcpy(numbers.boot_id, p->boot_id, sizeof(numbers.boot_id));
    memcpy(numbers.sequence, p->context.sequence, sizeof(numbers.sequence));
    if (cw_checkpoint_commit(&p->checkpoint, &numbers, has_state, is_finished)) {
        p->is_uncommitted = false;
        p->is_state_due = p->is_state_due && !has_state;
    }
}

/* A state has to go with what was read: it is saved by a tick, not for every turn. */
static bool
awaits_state(const struct camwatch_publisher *p)
{
    return p->checkpoint.keeper && p->settings.state_file && p->is_state_due;
}

static void
commit_in_tick(struct camwatch_publisher *p)
{
    if (!awaits_state(p)) {
        commit(p, false, false);
        return;
    }
    unsigned wait = (unsigned)(cw_inventory_count(p->inventory).surveillance / DEVICES_A_TICK);
    if (++p->ticks_due > wait) {
        p->ticks_due = 0;
        commit(p, true, false);
    }
}

static size_t
run_ring(struct camwatch_publisher *p, struct camwatch_ring *ring, size_t max, uint64_t to)
{
    size_t n = 0;
    while (n < max && ring->read < to && cw_ring_peek(ring, &p->record)) {
        p->records++;
        int64_t time_ns = p->record.head.time_ns;
        p->now_ns = time_ns > p->now_ns ? time_ns : p->now_ns;
        handle_record(p);
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
    do {
        n = 0;
        for (size_t i = 0; i < p->n_rings; i++) {
            bool is_one = p->n_rings == 1 && !p->holds;
            n += run_ring(p, p->rings[i], is_one ? SIZE_MAX : RECORDS_IN_TURN, UINT64_MAX);
        }
        all += n;
        if (cw_checkpoint_is_pressing(&p->checkpoint)) {
            commit(p, false, false);
        }
    } while (n > 0);
    if (all > 0 && !awaits_state(p)) {
        commit(p, false, false);
    }
    return all;
}

void
camwatch_publisher_note(struct camwatch_publisher *p)
{
    for (size_t i = 0; i < p->n_rings; i++) {
        p->noted[i] = p->rings[i]->read + cw_ring_waiting(p->rings[i]);
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

int
camwatch_publisher_set_rules(struct camwatch_publisher *p, const struct camwatch_rules *rules)
{
    struct cw_enrich *enrich = cw_enrich_new(rules, p->geo);
    if (!enrich) {
        return CAMWATCH_ENOMEM;
    }
    if (!cw_policies_set_rules(p->policies, cw_rules_of(rules),
                               camwatch_rules_version(rules))) {
        cw_enrich_free(enrich);
        return CAMWATCH_ENOMEM;
    }
    cw_enrich_free(p->enrich);
    p->enrich = enrich;
    p->settings.rules = rules;
    return CAMWATCH_OK;
}

int
camwatch_publisher_reload_assets(struct camwatch_publisher *p, struct camwatch_error *error)
{
    struct cw_assets *fresh = NULL;
    error->text[0] = '\0';
    if (!p->settings.assets_file) {
        return CAMWATCH_OK;
    }
    int status = cw_assets_load(p->settings.assets_file, &fresh, error);
    if (status != CAMWATCH_OK) {
        return status;
    }
    cw_inventory_set_assets(p->inventory, fresh);
    cw_assets_free(p->assets);
    p->assets = fresh;
    return CAMWATCH_OK;
}

/* All that can be opened, or none: half a set would leave out what the old one knew. */
static int
exchange_geo(struct camwatch_publisher *p)
{
    struct cw_geo *geo = cw_geo_new(p->settings.geo_files, on_geo_message, p);
    bool is_whole = geo && cw_geo_refused(geo) == 0;
    struct cw_enrich *enrich = is_whole ? cw_enrich_new(p->settings.rules, geo) : NULL;
    if (!enrich) {
        cw_geo_free(geo);
        return !geo || is_whole ? CAMWATCH_ENOMEM : CAMWATCH_ECORRUPT;
    }
    cw_enrich_free(p->enrich);
    cw_geo_free(p->geo);
    p->enrich = enrich;
    p->geo = geo;
    return CAMWATCH_OK;
}

int
camwatch_publisher_reload_geo(struct camwatch_publisher *p, bool only_if_changed)
{
    uint64_t files = cw_geo_fingerprint(p->settings.geo_files);
    bool is_settled = files == p->geo_seen;
    p->geo_seen = files;
    if (only_if_changed && (files == p->geo_files || !is_settled)) {
        return CAMWATCH_EAGAIN;
    }
    p->geo_files = files; /* also where they are refused: once is enough to say so */
    return exchange_geo(p);
}

void
camwatch_publisher_alert(struct camwatch_publisher *p, int64_t time_ns, unsigned severity,
                         const char *name, const char *reason)
{
    struct cw_record_alert alert = {.head.time_ns = time_ns, .severity = (uint8_t)severity};
    cw_text_set(alert.name, sizeof(alert.name), name);
    cw_text_set(alert.reason, sizeof(alert.reason), reason);
    cw_event_from_alert(p->event, &alert, &p->context);
    deliver(p);
}

static void
on_inventory_change(void *user, const struct cw_inventory_change *change)
{
    struct camwatch_publisher *p = user;
    tell_change(p, change, p->now_ns);
}

void
camwatch_publisher_set_blind(struct camwatch_publisher *p, bool is_blind)
{
    p->is_blind = is_blind;
}

static void
tell_notices(struct camwatch_publisher *p)
{
    struct camwatch_sink_notice notice;
    for (size_t i = 0; i < p->n_sinks; i++) {
        const struct camwatch_sink_ops *ops = p->sinks[i].ops;
        while (ops->size >= sizeof(*ops) && ops->notice &&
               ops->notice(p->sinks[i].self, &notice)) {
            log_line(p, notice.reason);
            if (notice.severity > 0) {
                camwatch_publisher_alert(p, p->now_ns, notice.severity, notice.name,
                                         notice.reason);
            }
        }
    }
}

/* Live, what became known of devices is on disk soon: a process that dies announces nothing twice. */
static void
save_when_due(struct camwatch_publisher *p)
{
    bool is_ours = p->settings.state_file && !p->checkpoint.keeper;
    if (!p->is_state_due || !is_ours || p->now_ns < p->next_save_ns) {
        return;
    }
    bool is_saved = save_state(p, p->settings.state_file) == CAMWATCH_OK;
    cw_checkpoint_forget_states(&p->checkpoint);
    p->is_state_due = !is_saved;
    p->next_save_ns = p->now_ns + (is_saved ? SAVE_PERIOD_NS : SAVE_AGAIN_NS);
}

void
camwatch_publisher_tick(struct camwatch_publisher *p, int64_t now_ns)
{
    p->now_ns = now_ns > p->now_ns ? now_ns : p->now_ns;
    cw_policies_tick(p->policies, p->now_ns, on_alert, p);
    cw_inventory_tick(p->inventory, p->now_ns, p->is_blind, on_inventory_change, p);
    tell_notices(p);
    (void)flush_sinks(p);
    commit_in_tick(p);
    save_when_due(p);
}

int
camwatch_publisher_finish(struct camwatch_publisher *p)
{
    (void)camwatch_publisher_run(p);
    struct cw_record_stats rest;
    if (cw_totals_rest(p->totals, &rest)) {
        tell_stats(p, &rest);
    }
    commit(p, true, true);
    int status = flush_sinks(p);
    bool is_kept = p->checkpoint.keeper && !p->is_uncommitted;
    if (!p->settings.state_file || is_kept) {
        return status;
    }
    int saved = save_state(p, p->settings.state_file);
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
        out->drops[CAMWATCH_DROP_SINK_REFUSED] += account->refused;
        out->drops[CAMWATCH_DROP_SPOOL_FULL] += account->spool_full;
        out->drops[CAMWATCH_DROP_SINK_FAILED] += account->lost - account->spool_full;
    }
}

size_t
camwatch_publisher_geo_sources(const struct camwatch_publisher *p,
                               struct camwatch_geo_source *out, size_t max)
{
    return cw_geo_sources(p->geo, out, max);
}

/* ---- the inventory's visits, with owners and lists ---- */

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
    struct camwatch_listing listings[MAX_LISTINGS];
    struct cw_destination_view views[MAX_UNEXPLAINED];
    struct camwatch_destination unexplained[MAX_UNEXPLAINED];
    const struct camwatch_rules *rules = v->publisher->settings.rules;
    with.owner = cw_owner_of(rules, with.brand, with.maker, with.last_ns);
    with.n_listings = camwatch_rules_listings(rules, with.maker, with.brand, with.last_ns,
                                              listings, MAX_LISTINGS);
    with.listings = listings;
    with.n_unexplained = list_unexplained(v->publisher, &with, views, unexplained);
    with.unexplained = unexplained;
    v->visit(v->user, &with);
}

void
camwatch_publisher_devices(const struct camwatch_publisher *p, camwatch_device_fn visit,
                           void *user)
{
    struct visit v = {.publisher = p, .visit = visit, .user = user};
    cw_inventory_visit(p->inventory, visit_device, &v);
}

void
camwatch_publisher_close(struct camwatch_publisher **publisher)
{
    struct camwatch_publisher *p = *publisher;
    if (!p) {
        return;
    }
    for (size_t i = 0; i < p->n_sinks; i++) {
        p->sinks[i].ops->close(p->sinks[i].self);
    }
    cw_enrich_free(p->enrich);
    cw_geo_free(p->geo);
    close_state(p);
    cw_event_free(p->alert);
    cw_event_free(p->destination);
    cw_event_free(p->event);
    cw_totals_free(p->totals);
    cw_ring_free(p->own_ring);
    free(p);
    *publisher = NULL;
}
