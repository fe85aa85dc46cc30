/* SPDX-License-Identifier: Apache-2.0
 *
 * The settings of `camwatch live`: one table for the command line, the settings file, help and man page.
 */
#define _GNU_SOURCE
#include <string.h>

#include "live.h"
#include "metrics_listen.h"
#include "redis_option.h"
#include "settings_file.h"

#define FILE_BYTES_MIN  (4u << 20)  /* several writes */
#define SPOOL_BYTES_MIN (16u << 20) /* room for what is on its way */

static bool
set_flows(void *field, char *const *values, struct camwatch_error *error)
{
    struct cw_live_settings *settings = field;
    bool is_all = strcmp(values[0], "all") == 0;
    if (!is_all && strcmp(values[0], "device") != 0) {
        (void)snprintf(error->text, sizeof(error->text), "'%.64s' is neither device nor all",
                       values[0]);
        return false;
    }
    settings->monitor.publish_all_flows = settings->publisher.publish_all_flows = is_all;
    return true;
}

static bool
set_mode(void *field, char *const *values, struct camwatch_error *error)
{
    bool is_reader = strcmp(values[0], "reader") == 0;
    if (!is_reader && strcmp(values[0], "fanout") != 0) {
        (void)snprintf(error->text, sizeof(error->text), "'%.64s' is neither fanout nor reader",
                       values[0]);
        return false;
    }
    *(bool *)field = is_reader;
    return true;
}

static bool
set_level(void *field, char *const *values, struct camwatch_error *error)
{
    static const struct {
        const char *name;
        unsigned level;
    } rows[] = {{"error", CW_LOG_ERROR},
                {"warning", CW_LOG_WARNING},
                {"notice", CW_LOG_NOTICE},
                {"info", CW_LOG_INFO},
                {"debug", CW_LOG_DEBUG}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (strcmp(values[0], rows[i].name) == 0) {
            *(unsigned *)field = rows[i].level;
            return true;
        }
    }
    (void)snprintf(error->text, sizeof(error->text),
                   "'%.64s' is not error, warning, notice, info or debug", values[0]);
    return false;
}

static bool
set_fsync(void *field, char *const *values, struct camwatch_error *error)
{
    static const char *const names[] = {
        [CAMWATCH_FSYNC_NONE] = "none",
        [CAMWATCH_FSYNC_INTERVAL] = "interval",
        [CAMWATCH_FSYNC_STRICT] = "strict",
    };
    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(values[0], names[i]) == 0) {
            *(enum camwatch_fsync *)field = (enum camwatch_fsync)i;
            return true;
        }
    }
    (void)snprintf(error->text, sizeof(error->text), "'%.64s' is not none, interval or strict",
                   values[0]);
    return false;
}

#define AT(member) offsetof(struct cw_live_settings, member)

/* clang-format off */
const struct cw_option cw_live_options[] = {
    {"config", "FILE", "settings; default " CW_SETTINGS_FILE_DEFAULT ", if it is there", cw_set_text,
     AT(config)},

    CW_OPTION_HEADING("How packets are captured:"),
    {"interface", "NAME", "an interface to watch, as the operands are; may be given again", cw_add_text,
     AT(interfaces)},
    {"bpf", "FILTER", "only frames that pass, in the language of pcap-filter(7)", cw_set_text,
     AT(tap.filter)},
    {"snaplen", "BYTES", "bytes kept of a frame; default 262144", cw_set_number, AT(tap.snaplen)},
    {"buffer", "BYTES", "the kernel's ring, for each interface and shard; default 64M", cw_set_bytes,
     AT(tap.buffer)},
    {"wait", "MS", "longest that a packet waits in the kernel's block; default 50", cw_set_number,
     AT(tap.wait_ms)},
    {"no-promiscuous", NULL, "leave the interface in its mode", cw_set_false, AT(tap.is_promiscuous)},
    {"vlan-key", NULL, "equal addresses in different VLANs are different hosts' flows", cw_set_true,
     AT(monitor.key_vlan)},
    {"no-dpi", NULL, "without nDPI: faster, knows fewer protocols and names", cw_set_false,
     AT(monitor.use_dpi)},
    {"experimental", NULL,
     "also wire signatures that no capture confirms and that are off for that; hints at most",
     cw_set_true, AT(monitor.experimental)},

    CW_OPTION_HEADING("Where events go:"),
    {"json", "FILE", "every event as a line of JSON into FILE; - is standard output", cw_set_text,
     AT(json)},
    {"json-rotate", "BYTES", "another FILE at this size, the full one becomes FILE.20260302T090211Z; default 0, never",
     cw_set_bytes, AT(file.rotate_bytes)},
    {"json-rotate-every", "SECONDS", "another FILE at this age; default 0, never", cw_set_number, AT(file.rotate_s)},
    {"json-disk", "BYTES", "bound on FILE and the full ones together, the oldest are removed; default 0, none",
     cw_set_bytes, AT(file.disk_bytes)},
    {"syslog", "URL",
     "alerts, as RFC 5424: unix:///dev/log, udp://HOST[:514] or tcp://HOST[:601]", cw_set_text,
     AT(syslog.url)},
    {"syslog-facility", "N", "0 to 23; default 16, which is local0", cw_set_number, AT(syslog.facility)},
    {"redis", "URL", "into Redis: redis://[USER@]HOST[:PORT][/DB], unix:///PATH[?db=N], rediss://HOST",
     cw_set_text, AT(redis.url)},
    {"spool", "FOLDER", "on disk: events wait there while Redis is away, and outlive the process; without it in memory",
     cw_set_text, AT(redis.spool_folder)},
    {"spool-bytes", "BYTES", "bound on what waits; default 0: 1G on disk, 64M in memory", cw_set_bytes,
     AT(redis.spool_bytes)},
    {"spool-fsync", "none|interval|strict",
     "when it goes to the disk: by itself, each second (default), before anything is sent", set_fsync,
     AT(redis.fsync)},
    CW_REDIS_OPTIONS,
    {"sensor", "NAME", "observer.name and the name in Redis keys; default: the host's name", cw_set_text,
     AT(sensor)},
    {"flows", "device|all", "device (default): of devices, and those that a rule names", set_flows, 0},

    {"metrics-file", "FILE", "counters for the textfile collector of Prometheus, each time they change",
     cw_set_text, AT(metrics_file)},
    {"metrics", "ADDRESS:PORT",
     "the same counters over HTTP, at /metrics; a PORT alone is one of 127.0.0.1", cw_set_text,
     AT(metrics)},

    CW_OPTION_HEADING("What it works with:"),
    {"rules", "FOLDER", "rules; default: the installed ones", cw_set_text, AT(rules)},
    {"geo", "FILE",
     "MMDB of countries or autonomous systems; may be given again, the first that knows wins",
     cw_add_text, AT(geo)},
    {"home", "PREFIX", "a network of your own besides the private ones; may be given again", cw_add_text,
     AT(home)},
    {"assets", "FILE", "assets.csv: your list of devices; what is not in it is told", cw_set_text, AT(assets)},
    {"state", "FILE", "inventory to go on from and to save", cw_set_text, AT(state)},
    {"site", "NAME", "for ids of devices known by address only", cw_set_text, AT(site)},

    CW_OPTION_HEADING("Processes:"),
    {"shards", "N",
     "monitors that share the packets of each interface, a process each; default 1", cw_set_number,
     AT(shards)},
    {"mode", "fanout|reader",
     "fanout (default): the kernel deals packets to shards; or reader: a process that takes tunnels off first",
     set_mode, AT(has_reader)},
    {"user", "NAME", "who to be once interfaces are open, if started as root; default camwatch, else who ran sudo, else nobody",
     cw_set_text, AT(user)},
    {"run-dir", "FOLDER", "on tmpfs, for what outlives a process; default /run/camwatch", cw_set_text,
     AT(run_dir)},
    {"ring", "BYTES", "room for events between a monitor and the publisher; default 16M", cw_set_bytes,
     AT(ring_bytes)},
    {"hang", "SECONDS", "a process that is not at work for so long is killed, and another begins; 0: never; default 60",
     cw_set_number, AT(hang_s)},
    {"alone", NULL, "everything in one process, not confined: to look for faults", cw_set_true,
     AT(is_alone)},
    {"no-sandbox", NULL, "no seccomp filters: to look for faults", cw_set_true, AT(has_no_sandbox)},

    CW_OPTION_HEADING("Log, on standard error:"),
    {"log-level", "error|warning|notice|info|debug",
     "the least that is written; default info", set_level, AT(log.level)},
    {"log-json", NULL, "one JSON object a line", cw_set_true, AT(log.is_json)},

    CW_OPTION_HEADING("Limits:"),
    {"drain", "SECONDS", "longest that SIGTERM waits for what is on its way; default 10", cw_set_number,
     AT(drain_s)},
    {"memory-flows", "BYTES", "cap of the flow table; default 256M", cw_set_bytes,
     AT(monitor.memory_flows)},
    {"memory-dpi", "BYTES", "cap of nDPI; default 256M", cw_set_bytes, AT(monitor.memory_dpi)},
    {"max-hosts", "N", "local addresses; default 65536", cw_set_number, AT(monitor.max_hosts)},
    {"max-names", "N", "DNS answers; default 65536", cw_set_number, AT(monitor.max_names)},
    {"max-devices", "N", "devices; default 65536", cw_set_number, AT(publisher.max_devices)},
    {"inspect-packets", "N", "packets inspected a flow; default 24", cw_set_number,
     AT(monitor.inspect_packets)},
    {"dpi-packets", "N", "of these, shown to nDPI; default 10", cw_set_number,
     AT(monitor.dpi_packets)},
    {"udp-idle", "SECONDS", "a UDP flow ends after; default 120", cw_set_number, AT(monitor.udp_idle_s)},
    {"tcp-idle", "SECONDS", "a TCP flow ends after; default 600", cw_set_number, AT(monitor.tcp_idle_s)},
    {"update", "SECONDS", "flow-update; default 60", cw_set_number, AT(monitor.update_s)},
    {"stats", "SECONDS", "sensor-stats; default 10", cw_set_number, AT(monitor.stats_s)},
    CW_OPTION_END,
};

/* clang-format on */

void
cw_live_settings_default(struct cw_live_settings *settings)
{
    *settings = (struct cw_live_settings){.log.level = CW_LOG_INFO,
                                          .drain_s = 10,
                                          .hang_s = 60,
                                          .shards = 1,
                                          .ring_bytes = 16u << 20,
                                          .run_dir = "/run/camwatch"};
    camwatch_monitor_settings_default(&settings->monitor);
    camwatch_publisher_settings_default(&settings->publisher);
    camwatch_redis_settings_default(&settings->redis);
    settings->redis.url = NULL; /* only where asked for */
    camwatch_syslog_settings_default(&settings->syslog);
    settings->file = (struct camwatch_file_settings){.size = sizeof(settings->file)};
    cw_tap_settings_default(&settings->tap);
}

void
cw_live_settings_free(struct cw_live_settings *settings)
{
    cw_texts_free(&settings->geo);
    cw_texts_free(&settings->home);
    cw_texts_free(&settings->interfaces);
}

static bool
check_outputs(const struct cw_live_settings *s, struct camwatch_error *error)
{
    const struct camwatch_file_settings *file = &s->file;
    bool is_limited = file->rotate_bytes > 0 || file->rotate_s > 0 || file->disk_bytes > 0;
    bool is_file = s->json && strcmp(s->json, "-") != 0;
    const char *problem = NULL;
    if (is_limited && !is_file) {
        problem = "--json-rotate, --json-rotate-every and --json-disk belong to --json FILE";
    } else if (file->rotate_bytes > 0 && file->rotate_bytes < FILE_BYTES_MIN) {
        problem = "--json-rotate: 4M or more";
    } else if (file->disk_bytes > 0 && (file->disk_bytes < 8 * FILE_BYTES_MIN ||
                                        file->disk_bytes / 2 < file->rotate_bytes)) {
        problem = "--json-disk: 32M or more, and twice --json-rotate";
    } else if (s->syslog.facility > 23) {
        problem = "--syslog-facility: 0 to 23";
    }
    (void)snprintf(error->text, sizeof(error->text), "%s", problem ? problem : "");
    return !problem;
}

bool
cw_live_settings_check(const struct cw_live_settings *s, struct camwatch_error *error)
{
    const char *problem = NULL;
    if (s->interfaces.n == 0) {
        problem = "no interface to watch: name one or more, 'ip link' lists them";
    } else if (s->interfaces.n > CW_MAX_INTERFACES) {
        problem = "at most 16 interfaces";
    } else if (!s->redis.url && cw_redis_has_more(&s->redis)) {
        problem = "--insecure-redis and --redis-... belong to --redis";
    } else if (!s->redis.url && s->redis.spool_folder) {
        problem = "--spool belongs to --redis";
    } else if (s->redis.spool_bytes > 0 && s->redis.spool_bytes < SPOOL_BYTES_MIN) {
        problem = "--spool-bytes: 16M or more";
    } else if (!check_outputs(s, error)) {
        return false;
    } else if (s->is_alone && s->metrics) {
        problem = "--metrics is a process of its own: not with --alone, which has --metrics-file";
    } else if (s->shards == 0 || s->shards > CW_DEAL_SHARDS) {
        problem = "--shards: 1 to 64";
    } else if (s->is_alone && s->shards > 1) {
        problem = "--alone is one shard";
    } else if (s->is_alone && s->has_reader) {
        problem = "--alone has no --mode reader";
    } else if (s->ring_bytes < CAMWATCH_RING_BYTES_MIN || s->ring_bytes > (1u << 30)) {
        problem = "--ring: 16K to 1G";
    } else if (s->tap.snaplen < 64 || s->tap.snaplen > 262144) {
        problem = "--snaplen: 64 to 262144 bytes";
    } else if (s->tap.wait_ms == 0 || s->tap.wait_ms > 1000) {
        problem = "--wait: 1 to 1000 ms";
    } else if (s->tap.buffer < (1u << 20) || s->tap.buffer > (1u << 30)) {
        problem = "--buffer: 1M to 1G";
    }
    (void)snprintf(error->text, sizeof(error->text), "%s", problem ? problem : "");
    return !problem && (!s->metrics || cw_metrics_listen_check(s->metrics, error));
}
