/* SPDX-License-Identifier: Apache-2.0
 *
 * The event side: inventory, enrichment, policies, encoding and delivery, off the packet path. One
 * thread. In replay and when embedded it runs in the monitor's thread: camwatch_publisher_run()
 * drains what the monitor pushed.
 */
#ifndef CAMWATCH_PUBLISHER_H
#define CAMWATCH_PUBLISHER_H

#include <stdbool.h>

#include "camwatch/drops.h"
#include "camwatch/ring.h"
#include "camwatch/rules.h"
#include "camwatch/sink.h"

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

struct camwatch_publisher;

#define CAMWATCH_MAX_SHARDS 64

struct camwatch_publisher_settings {
    size_t size;
    const struct camwatch_rules *rules; /* borrowed until close; required */
    const char *sensor;                 /* observer.name and the name in Redis keys; default "sensor" */
    const char *site;                   /* for device ids by address; default "default" */
    const char *const *geo_files;       /* MMDB files, the first wins; NULL-ended; NULL: the usual places;
                                           borrowed until close */
    const char *const *capture_files;   /* replay: names of the captures, index 0 is file 1; NULL-ended */
    const char *const *interfaces;      /* live: names; NULL-ended */
    const char *state_file;             /* inventory; NULL: memory only */
    const char *assets_file;            /* assets.csv; NULL: none */
    bool is_replay;                     /* event.id is a hash */
    bool publish_all_flows;             /* --flows all */
    uint32_t max_devices;               /* default 65536 */
    size_t ring_bytes;                  /* default 4 MiB */
    struct camwatch_ring *const *rings; /* one a shard, borrowed until close; NULL: one of its own */
    uint32_t n_rings;                   /* at most CAMWATCH_MAX_SHARDS */
    void (*log)(void *user, int level, const char *text); /* syslog levels; may be NULL */
    void *log_user;
    bool defers_sinks; /* replay: finished events wait for camwatch_publisher_deliver */
};

void camwatch_publisher_settings_default(struct camwatch_publisher_settings *settings);

/** @param out written only on CAMWATCH_OK: given, close with camwatch_publisher_close. */
int camwatch_publisher_open(const struct camwatch_publisher_settings *settings,
                            struct camwatch_publisher **out, struct camwatch_error *error);

/** The ring that the monitor pushes to (the first one of several); borrowed, good until close. */
struct camwatch_ring *camwatch_publisher_ring(struct camwatch_publisher *publisher);

/** Add a sink; self is taken: closed with the publisher, also on error. At most 8. */
int camwatch_publisher_add_sink(struct camwatch_publisher *publisher, const struct camwatch_sink_ops *ops,
                                void *self);

/** NDJSON, one event a line. @param path "-" is standard output. */
int camwatch_publisher_add_ndjson(struct camwatch_publisher *publisher, const char *path,
                                  struct camwatch_error *error);

/** A file of events, and when it gives way to the next. */
struct camwatch_file_settings {
    size_t size;
    const char *path;      /* "-": standard output; required; borrowed for the call */
    bool append;           /* keep what the file has; else it begins empty */
    uint64_t rotate_bytes; /* it is never larger, but for a single write; 0: no bound */
    uint32_t rotate_s;     /* nor older, in the time of events; 0: no bound */
    uint64_t disk_bytes;   /* it and its rotated ones together, of which the oldest give way: at least
                              twice rotate_bytes, which is an eighth of it where it is 0. 0: no bound */
    bool awaits_flush; /* nothing is written before a flush, but 64 MB. A publisher with rings and a state file
                          sets it itself: what a process that is killed had not kept is not told either */
};

/** NDJSON into a file that is rotated to PATH.20260302T090211Z and opened anew where it was
 *  renamed. */
int camwatch_publisher_add_file(struct camwatch_publisher *publisher,
                                const struct camwatch_file_settings *settings,
                                struct camwatch_error *error);

/** Alerts to a syslog server, each as one message of RFC 5424. */
struct camwatch_syslog_settings {
    size_t size;
    const char *url; /* unix:///dev/log, udp://HOST[:514], tcp://HOST[:601]; required; borrowed for the call */
    unsigned facility; /* 0 to 23 (RFC 5424 6.2.1); default 16, local0 */
};

void camwatch_syslog_settings_default(struct camwatch_syslog_settings *settings);

/**
 * Alerts of policies and of the sensor. Never blocks and waits for nobody: what finds no room while
 * the server is away is lost and counted. Syslog acknowledges nothing: delivered means handed to
 * the kernel.
 *
 * @retval CAMWATCH_EINVAL the URL is none of these, or its host is not known; error says what is
 *         allowed
 */
int camwatch_publisher_add_syslog(struct camwatch_publisher *publisher,
                                  const struct camwatch_syslog_settings *settings,
                                  struct camwatch_error *error);

/** When the spool goes to the disk: never by itself (a crash of the process costs nothing), each
 *  second, or before anything is sent (a crash of the machine costs nothing). */
enum camwatch_fsync {
    CAMWATCH_FSYNC_NONE,
    CAMWATCH_FSYNC_INTERVAL,
    CAMWATCH_FSYNC_STRICT,
};

struct camwatch_redis_settings {
    size_t size;
    /* redis://[user@]host[:port][,host[:port]...][/db], rediss:// likewise,
     * unix:///path/to.sock[?db=N], sentinel://[user@]host[:port][,host...]/MASTER[?db=N],
     * sentinels:// likewise with TLS for both */
    const char *url;
    const char *password_file; /* NULL: the environment variable CAMWATCH_REDIS_PASSWORD, if set */
    const char *sensor;        /* NULL: the publisher's */
    bool allow_plaintext_password; /* --insecure-redis */
    uint64_t maxlen[CAMWATCH_N_STREAMS]; /* 0: default for the stream */
    uint32_t timeout_ms;       /* connect and reply; default 2000 */
    bool wait;                 /* replay: blocks for room; live: never blocks, and may start without */
    uint32_t wait_ms;          /* with wait: longest time without progress; default 60000 */
    const char *boot_id;       /* of this process, for the lease; NULL: the publisher's */
    const char *spool_folder;  /* events wait in SPOOL/SENSOR and outlive the process; NULL: in memory */
    uint64_t spool_bytes;      /* bound on it; default 64 MiB in memory, 1 GiB on disk */
    enum camwatch_fsync fsync; /* default INTERVAL */
    uint32_t lease_ms;         /* how long the name stays ours without a sign of life; default 10000 */
    int64_t (*clock_ms)(void *user); /* wall clock, ms since the epoch, for stream IDs; called from the
                                        sink's thread. NULL: the time of the latest event */
    void *clock_user;
    bool with_json;            /* a last field "json" with the whole event in every entry */
    bool awaits_commit;        /* with a spool folder: nothing is sent that was not committed (sink.h). A
                                  publisher with rings sets it itself */
    /* For rediss:// and sentinels://; files in PEM, read at open. NULL each: */
    const char *tls_ca;   /* certificates to trust: the system's */
    const char *tls_cert; /* of ours, with its chain: none */
    const char *tls_key;  /* of tls_cert, unencrypted */
    const char *tls_name; /* whom the server's certificate must be of, sent as SNI: the URL's host */

    uint32_t max_age_s[CAMWATCH_N_STREAMS]; /* entries older than that go; 0: no bound. Redis 6.2 or later */
    const char *list;  /* the JSON of each event also into the list camwatch:{SENSOR}:LIST; NULL: none */
    uint64_t list_max; /* the newest that the list keeps; 0: 100000 */
};

void camwatch_redis_settings_default(struct camwatch_redis_settings *settings);

/** Streams into Redis; every reply is checked. Connects here: a refusing server is an error with
 *  what to do, and so is an unreachable one with wait and without a spool folder. Else it is a
 *  notice in the log: events wait in the spool until the server is there. */
int camwatch_publisher_add_redis(struct camwatch_publisher *publisher,
                                 const struct camwatch_redis_settings *settings,
                                 struct camwatch_error *error);

/** Test a server without writing to it: reachable, allowed (by ACL) and safe from eviction.
 *  report receives one line a finding. */
int camwatch_redis_check(const struct camwatch_redis_settings *settings, camwatch_rules_report_fn report,
                         void *user, struct camwatch_error *error);

/** Handle all records that wait in the rings, some of each in turn; returns how many. */
size_t camwatch_publisher_run(struct camwatch_publisher *publisher);

/** Note what waits in the rings now, and what has been finished by now; nothing else is going
 *  on. */
void camwatch_publisher_note(struct camwatch_publisher *publisher);

/** Handle what waited at the last note and nothing that monitors have pushed since: ring after
 *  ring, so that the order does not depend on how fast they are. */
size_t camwatch_publisher_run_noted(struct camwatch_publisher *publisher);

/** With defers_sinks: give the sinks what was finished before the last note. Another thread may be
 *  in any run at the same time; note and finish wait for both. Encoding and writing is half of an
 *  event's cost. */
void camwatch_publisher_deliver(struct camwatch_publisher *publisher);

/**
 * Judge and enrich with another set of rules from now on.
 *
 * @param rules  borrowed until close or the next call; the old set may be freed after CAMWATCH_OK
 * @retval CAMWATCH_ENOMEM the old set stays in use
 */
int camwatch_publisher_set_rules(struct camwatch_publisher *publisher, const struct camwatch_rules *rules);

/**
 * Read the assets file again and use it from now on.
 *
 * @return CAMWATCH_OK also where none is set; else error->text says file and line, and the old
 *         assets stay
 */
int camwatch_publisher_reload_assets(struct camwatch_publisher *publisher, struct camwatch_error *error);

/**
 * Open the geo files again, those of the settings or of the usual places, and use them from now on.
 * Files that are open already were copied: whatever happens to them on disk changes nothing before.
 *
 * @param only_if_changed  where a file is another one than at the last look, and was so at the one
 *                         before too: whoever writes it has finished. For a look every few seconds.
 * @retval CAMWATCH_OK     the files are in use
 * @retval CAMWATCH_EAGAIN nothing changed, or a change is not settled
 * @return else at least one file cannot be used (the log says which), and the old ones stay
 */
int camwatch_publisher_reload_geo(struct camwatch_publisher *publisher, bool only_if_changed);

/**
 * Publish a sensor-alert: what the host sees of itself.
 *
 * @param severity  1 low, 2 medium, 3 high, 4 critical
 * @param name      "span-silent"; goes to rule.id
 * @param reason    what, how much, what to do; copied, cut at 255 bytes
 */
void camwatch_publisher_alert(struct camwatch_publisher *publisher, int64_t time_ns, unsigned severity,
                              const char *name, const char *reason);

/** Frames that no monitor counts, since the start: the host knows. */
struct camwatch_losses {
    size_t size;
    uint64_t kernel_drops;    /* dropped by the kernel, beside those that monitors were told of */
    uint64_t interface_drops; /* dropped by the card or its driver, before the kernel had them */
    uint64_t process_losses;  /* captured, and gone with a process that ended before it handled them */
};

/** For every sensor-stats from now on. */
void camwatch_publisher_set_losses(struct camwatch_publisher *publisher, const struct camwatch_losses *losses);

/** The sensor cannot see (span silent, interface gone): nothing is called gone meanwhile. */
void camwatch_publisher_set_blind(struct camwatch_publisher *publisher, bool is_blind);

/** Timers of the event side (device-gone, flushes) up to now. */
void camwatch_publisher_tick(struct camwatch_publisher *publisher, int64_t now_ns);

/** Drain, flush and save the inventory. @retval CAMWATCH_EAGAIN something is still pending */
int camwatch_publisher_finish(struct camwatch_publisher *publisher);

/** The account: made = delivered(sink) + pending + drops, for each sink. */
struct camwatch_publisher_account {
    size_t size;
    uint64_t records;  /* taken from the ring */
    uint64_t bad_records;
    uint64_t events;   /* made from them */
    uint64_t by_kind[CAMWATCH_N_EVENT_KINDS];
    uint64_t drops[CAMWATCH_N_DROPS];
    size_t n_sinks;
    struct {
        const char *name;
        struct camwatch_sink_account account;
    } sinks[8];
};

void camwatch_publisher_get_account(const struct camwatch_publisher *publisher,
                                    struct camwatch_publisher_account *out);

/** What a country or AS claim rests on. */
struct camwatch_geo_source {
    size_t size;
    const char *path, *type, *licence; /* borrowed; licence "" where the file does not say */
    int64_t built_ns;
};

size_t camwatch_publisher_geo_sources(const struct camwatch_publisher *publisher,
                                      struct camwatch_geo_source *out, size_t max);

/* ---- the inventory ---- */

struct camwatch_device_evidence {
    const char *kind, *rule, *seen; /* borrowed */
    unsigned points, origin;
    const char *file;  /* capture, "" live */
    uint64_t frame;    /* 0 live */
    int64_t time_ns;
};

/** A far end of a device that no rule and no signature explains. */
struct camwatch_destination {
    const char *address, *name; /* borrowed; name "" where not known */
    unsigned port, proto;       /* proto: IP protocol number */
    uint64_t bytes;
    int64_t first_ns, last_ns;
};

#define CAMWATCH_DEVICE_ADDRESSES 8

/** One device. Everything is borrowed for the length of the visit. */
struct camwatch_device {
    size_t size;
    const char *id, *brand, *maker, *owner, *model, *serial, *uid, *firmware, *name, *mac;
    const char *behind; /* id of the recorder, hub or router in front of it, "" none */
    const char *asset_name, *asset_site;
    const char *addresses[CAMWATCH_DEVICE_ADDRESSES]; /* latest first */
    size_t n_addresses;
    unsigned kind, scope, band, confidence, maker_confidence;
    bool is_surveillance; /* false: kept for another reason (viewer, gateway, general device) */
    bool is_viewer, is_gateway;
    int64_t first_ns, last_ns;
    const struct camwatch_device_evidence *evidence;
    size_t n_evidence;
    const struct camwatch_listing *listings;
    size_t n_listings;
    uint64_t bytes, bytes_explained; /* of all its conversations that were told */
    const struct camwatch_destination *unexplained; /* the most bytes first; visits only */
    size_t n_unexplained;
    uint32_t more_unexplained; /* beyond the list */
    unsigned asset_status;     /* enum camwatch_asset_status */
    const char *asset_maker;   /* whom assets.csv takes for its maker, "" not said */
};

typedef void (*camwatch_device_fn)(void *user, const struct camwatch_device *device);

/** Visit every device, ordered by id. */
void camwatch_publisher_devices(const struct camwatch_publisher *publisher, camwatch_device_fn visit,
                                void *user);

/** A row of assets.csv. Everything is borrowed for the length of the visit; "" not said. */
struct camwatch_asset {
    size_t size;
    const char *mac, *address, *serial, *name, *site, *owner, *maker;
    unsigned line; /* in the file */
};

typedef void (*camwatch_asset_fn)(void *user, const struct camwatch_asset *asset);

/** Visit the rows of assets.csv that no device of the inventory is: listed, never seen. In the
 *  order of the file; none where there is no such file. */
void camwatch_publisher_absent_assets(const struct camwatch_publisher *publisher, camwatch_asset_fn visit,
                                      void *user);

/** Ring and inventory are released, sinks closed, *publisher becomes NULL. */
void camwatch_publisher_close(struct camwatch_publisher **publisher);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
