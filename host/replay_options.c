/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <string.h>
#include <sys/stat.h>

#include "redis_option.h"
#include "replay.h"
#include "report_file.h"

enum { TOP_DEFAULT = 20 };

static bool
set_flows(void *field, char *const *values, struct camwatch_error *error)
{
    struct cw_replay_settings *settings = field;
    bool is_all = strcmp(values[0], "all") == 0;
    if (!is_all && strcmp(values[0], "device") != 0) {
        (void)snprintf(error->text, sizeof(error->text), "'%s' is neither device nor all",
                       values[0]);
        return false;
    }
    settings->monitor.publish_all_flows = settings->publisher.publish_all_flows = is_all;
    return true;
}

static bool
set_fail_on(void *field, char *const *values, struct camwatch_error *error)
{
    static const char *const names[] = {
        [CW_FAIL_NEVER] = "never",   [CW_FAIL_HINT] = "hint",
        [CW_FAIL_LIKELY] = "likely", [CW_FAIL_CONFIRMED] = "confirmed",
        [CW_FAIL_LISTED] = "listed",
    };
    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(values[0], names[i]) == 0) {
            *(enum cw_fail_on *)field = (enum cw_fail_on)i;
            return true;
        }
    }
    (void)snprintf(error->text, sizeof(error->text),
                   "'%s' is not hint, likely, confirmed, listed or never", values[0]);
    return false;
}

static bool
set_viewers(void *field, char *const *values, struct camwatch_error *error)
{
    for (enum cw_viewers i = 0; i < CW_N_VIEWERS; i++) {
        if (strcmp(values[0], cw_viewers_text(i)) == 0) {
            *(enum cw_viewers *)field = i;
            return true;
        }
    }
    (void)snprintf(error->text, sizeof(error->text), "'%s' is not truncate, hash or full",
                   values[0]);
    return false;
}

static bool
set_tunnels_off(void *field, char *const *values, struct camwatch_error *error)
{
    const char *at = values[0];
    while (*at != '\0') {
        char name[16] = "";
        size_t len = strcspn(at, ",");
        if (len < sizeof(name)) {
            memcpy(name, at, len);
        }
        uint32_t bit = camwatch_tunnel_bit(name);
        if (bit == 0) {
            (void)snprintf(
                error->text, sizeof(error->text),
                "'%.*s' is no tunnel: mpls, pppoe, gre, erspan, vxlan, geneve, gtp-u, "
                "ip-in-ip, 6in4, teredo, capwap",
                (int)len, at);
            return false;
        }
        *(uint32_t *)field |= bit;
        at += len + (at[len] == ',');
    }
    return true;
}

#define AT(member) offsetof(struct cw_replay_settings, member)

const struct cw_option cw_replay_options[] = {
    CW_OPTION_HEADING("What is shown:"),
    {"top", "N", "rows of each list in the summary; default 20, 0 all", cw_set_number, AT(top)},
    {"explain", "DEVICE",
     "the chain of evidence of one device instead of the summary: by its id, MAC, address or "
     "name, or "
     "an unambiguous start of one",
     cw_set_text, AT(explain)},
    {"csv", NULL, "one row a device and destination, RFC 4180, on standard output", cw_set_true,
     AT(is_csv)},
    {"quiet", NULL, "no summary and no progress", cw_set_true, AT(is_quiet)},
    {"reveal-ids", NULL,
     "whole serial numbers and UIDs: some of them open a camera to who knows them", cw_set_true,
     AT(reveals_ids)},
    {"no-color", NULL, "no colours; as NO_COLOR in the environment", cw_set_true,
     AT(has_no_colour)},
    {"fail-on", "hint|likely|confirmed|listed|never",
     "exit with 1 when a device of at least this band was found; listed: one whose maker a list "
     "names",
     set_fail_on, AT(fail_on)},

    CW_OPTION_HEADING("Reports to keep or mail:"),
    {"report", "FILE",
     "NAME.html: one page that needs no network; NAME.json: its data; may be given again",
     cw_add_text, AT(reports)},
    {"inventory", "FILE", "devices and what lists say of their makers, as CSV", cw_set_text,
     AT(inventory)},
    {"viewers", "truncate|hash|full",
     "addresses of viewers and of the far ends of direct sessions, in reports; default truncate",
     set_viewers, AT(viewers)},

    CW_OPTION_HEADING("Where events go:"),
    {"json", "FILE", "every event as a line of JSON into FILE; - is standard output",
     cw_set_text, AT(json)},
    {"redis", "URL",
     "into Redis: redis://[USER@]HOST[:PORT][/DB], unix:///PATH[?db=N], rediss://HOST",
     cw_set_text, AT(redis.url)},
    CW_REDIS_OPTIONS,
    {"sensor", "NAME", "observer.name and the name in Redis keys; default replay-FILE-TIME",
     cw_set_text, AT(sensor)},
    {"flows", "device|all", "device (default): of devices, and those that a rule names",
     set_flows, 0},

    CW_OPTION_HEADING("What it works with:"),
    {"rules", "FOLDER", "rules; default: the installed ones", cw_set_text, AT(rules)},
    {"geo", "FILE",
     "MMDB of countries or autonomous systems; may be given again, the first that knows wins",
     cw_add_text, AT(geo)},
    {"home", "PREFIX", "a network of your own besides the private ones; may be given again",
     cw_add_text, AT(home)},
    {"assets", "FILE", "assets.csv: your list of devices; what is not in it is told", cw_set_text,
     AT(assets)},
    {"state", "FILE", "inventory to go on from and to save", cw_set_text, AT(state)},
    {"site", "NAME", "for ids of devices known by address only", cw_set_text, AT(site)},

    CW_OPTION_HEADING("How captures are read:"),
    {"separate", NULL,
     "each capture on its own; else all are one timeline. --json then names a folder",
     cw_set_true, AT(is_separate)},
    {"threads", "N",
     "shards, each in a thread: hosts that speak with each other meet in one; default 1, at "
     "most 16; always 1 for standard input",
     cw_set_number, AT(threads)},
    {"bpf", "FILTER", "only frames that pass, in the language of pcap-filter(7)", cw_set_text,
     AT(bpf)},
    {"no-dpi", NULL, "without nDPI: faster, knows fewer protocols and names", cw_set_false,
     AT(monitor.use_dpi)},
    {"experimental", NULL,
     "also wire signatures that no capture confirms and that are off for that; hints at most",
     cw_set_true, AT(monitor.experimental)},
    {"tunnels-off", "LIST", "tunnels that are not taken off: gre,vxlan,...", set_tunnels_off,
     AT(monitor.tunnels_off)},
    {"vlan-key", NULL, "equal addresses in different VLANs are different hosts' flows",
     cw_set_true, AT(monitor.key_vlan)},

    CW_OPTION_HEADING("Take out the frames of one device:"),
    {"extract", "DEVICE OUT.pcap", "write its frames, headers only, in a second pass",
     cw_set_pair, AT(extract)},
    {"payload", NULL, "with --extract: whole frames", cw_set_true, AT(has_payload)},
    {"force", NULL, "with --extract: replace OUT.pcap", cw_set_true, AT(may_replace)},

    CW_OPTION_HEADING("Limits:"),
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
    {"udp-idle", "SECONDS", "a UDP flow ends after; default 120", cw_set_number,
     AT(monitor.udp_idle_s)},
    {"tcp-idle", "SECONDS", "a TCP flow ends after; default 600", cw_set_number,
     AT(monitor.tcp_idle_s)},
    {"update", "SECONDS", "flow-update; default 60", cw_set_number, AT(monitor.update_s)},
    {"stats", "SECONDS", "sensor-stats; default 10", cw_set_number, AT(monitor.stats_s)},
    CW_OPTION_END,
};

void
cw_replay_settings_default(struct cw_replay_settings *settings)
{
    *settings = (struct cw_replay_settings){.top = TOP_DEFAULT, .threads = 1};
    camwatch_monitor_settings_default(&settings->monitor);
    camwatch_publisher_settings_default(&settings->publisher);
    camwatch_redis_settings_default(&settings->redis);
    settings->redis.url = NULL; /* only where asked for */
    settings->monitor.is_replay = settings->publisher.is_replay = settings->redis.wait = true;
}

void
cw_replay_settings_free(struct cw_replay_settings *settings)
{
    cw_texts_free(&settings->geo);
    cw_texts_free(&settings->home);
    cw_texts_free(&settings->reports);
}

static bool
is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

bool
cw_replay_settings_check(const struct cw_replay_settings *s, struct camwatch_error *error)
{
    const char *problem = NULL;
    bool is_json_out = s->json && strcmp(s->json, "-") == 0;
    if (is_json_out && s->is_csv) {
        problem = "--csv and --json - both want standard output";
    } else if (s->is_separate && s->json && !is_json_out && !is_folder(s->json)) {
        problem =
            "with --separate, --json takes - or a folder that is there: a capture is a file in it";
    } else if (s->is_separate && s->extract[0]) {
        problem = "--extract goes over all captures: not with --separate";
    } else if (s->is_separate && (s->reports.n > 0 || s->inventory)) {
        problem = "--report and --inventory tell of all captures: not with --separate";
    } else if (s->is_separate && s->state) {
        problem = "--state joins what is seen: not with --separate";
    } else if (s->threads < 1 || s->threads > CW_THREADS_MAX) {
        problem = "--threads takes 1 to 16";
    } else if ((s->has_payload || s->may_replace) && !s->extract[0]) {
        problem = "--payload and --force belong to --extract";
    } else if (!s->redis.url && cw_redis_has_more(&s->redis)) {
        problem = "--insecure-redis and --redis-... belong to --redis";
    }
    (void)snprintf(error->text, sizeof(error->text), "%s", problem ? problem : "");
    for (size_t i = 0; i < s->reports.n && !problem; i++) {
        if (!cw_report_name_is_known(s->reports.items[i], error)) {
            return false;
        }
    }
    return !problem;
}
