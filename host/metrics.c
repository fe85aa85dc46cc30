/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "metrics.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void
put(FILE *out, const char *name, const char *type, const char *help, uint64_t value)
{
    (void)fprintf(out,
                  "# HELP camwatch_%s %s\n# TYPE camwatch_%s %s\ncamwatch_%s %" PRIu64 "\n",
                  name, help, name, type, name, value);
}

static void
put_head(FILE *out, const char *name, const char *type, const char *help)
{
    (void)fprintf(out, "# HELP camwatch_%s %s\n# TYPE camwatch_%s %s\n", name, help, name,
                  type);
}

static void
put_drops(FILE *out, const char *drops)
{
    put_head(out, "drops_total", "counter", "What did not come through, by reason");
    while (*drops != '\0') {
        size_t len = strcspn(drops, ",");
        size_t name = strcspn(drops, "=,");
        if (name < len) {
            (void)fprintf(out, "camwatch_drops_total{reason=\"%.*s\"} %.*s\n", (int)name, drops,
                          (int)(len - name - 1), drops + name + 1);
        }
        drops += len + (drops[len] == ',');
    }
}

static void
put_outputs(FILE *out, const struct camwatch_publisher *publisher)
{
    struct camwatch_publisher_account account = {.size = sizeof(account)};
    camwatch_publisher_get_account(publisher, &account);
    put_head(out, "output_events", "gauge", "Events of each output, by what became of them");
    for (size_t i = 0; i < account.n_sinks; i++) {
        const struct camwatch_sink_account *sink = &account.sinks[i].account;

        const struct {
            const char *state;
            uint64_t n;
        } rows[] = {{"delivered", sink->delivered},
                    {"refused", sink->refused},
                    {"lost", sink->lost},
                    {"pending", sink->pending}};

        for (size_t j = 0; j < sizeof(rows) / sizeof(rows[0]); j++) {
            (void)fprintf(out,
                          "camwatch_output_events{output=\"%s\",state=\"%s\"} %" PRIu64 "\n",
                          account.sinks[i].name, rows[j].state, rows[j].n);
        }
    }
}

static void
put_all(FILE *out, const struct cw_recent *recent, const struct camwatch_publisher *publisher)
{
    const struct cw_recent_stats *s = &recent->stats;
    put(out, "frames_total", "counter", "Frames captured", s->packets);
    put(out, "frames_parsed_total", "counter", "Frames parsed", s->parsed);
    put(out, "frames_truncated_total", "counter", "Frames cut by the snap length",
        s->truncated);
    put(out, "kernel_drops_total", "counter", "Frames that the kernel dropped",
        s->kernel_drops);
    put(out, "bytes_total", "counter", "Bytes captured, as on the wire", s->bytes);
    put(out, "flows", "gauge", "Flows in the table", s->flows);
    put(out, "flows_total", "counter", "Flows opened", s->flows_new);
    put(out, "flows_two_way_total", "counter", "TCP flows of 8 packets, seen both ways",
        s->two_way);
    put(out, "flows_one_way_total", "counter", "The same, seen in one direction only",
        s->one_way);
    put(out, "devices", "gauge", "Surveillance devices known", s->devices);
    put(out, "alerts_total", "counter", "Alerts since the publisher started", recent->opened);
    put(out, "stats_time_seconds", "gauge", "When these counters were taken",
        (uint64_t)(s->time_ns / 1000000000));
    put_drops(out, s->drops);
    put_outputs(out, publisher);
}

bool
cw_metrics_write(const char *path, const struct cw_recent *recent,
                 const struct camwatch_publisher *publisher)
{
    char temporary[PATH_MAX];
    if ((size_t)snprintf(temporary, sizeof(temporary), "%s.new", path) >= sizeof(temporary)) {
        return false;
    }
    FILE *out = fopen(temporary, "we");
    if (!out) {
        return false;
    }
    put_all(out, recent, publisher);
    bool is_good = fflush(out) == 0 && ferror(out) == 0;
    is_good = fclose(out) == 0 && is_good;
    return is_good && rename(temporary, path) == 0;
}
