/* SPDX-License-Identifier: Apache-2.0
 *
 * bench-replay RULES CAPTURE NDJSON: the whole pipeline around a loop of libpcap and nothing else, so
 * that the library is measured without the program. Ends non-zero when the account does not close.
 */
#define _GNU_SOURCE
#include <stdio.h>

#include "camwatch/monitor.h"
#include "camwatch/pcap.h"
#include "camwatch/publisher.h"

static void
report(void *user, bool is_error, const char *text)
{
    (void)user;
    if (is_error) {
        (void)fprintf(stderr, "%s\n", text);
    }
}

static void
drain(void *publisher)
{
    (void)camwatch_publisher_run(publisher);
}

/* frames = parsed + drops of packets: what monitor.h promises. */
static bool
is_closed(const struct camwatch_monitor_stats *s)
{
#define PLUS(symbol, text, help) +s->drops[CAMWATCH_DROP_##symbol]
    uint64_t sum = s->parsed CAMWATCH_PACKET_DROPS(PLUS);
#undef PLUS
    (void)printf("frames %llu parsed %llu flows %llu to-dpi %llu to-wire %llu records %llu\n",
                 (unsigned long long)s->frames, (unsigned long long)s->parsed,
                 (unsigned long long)s->flows_opened, (unsigned long long)s->dpi_packets,
                 (unsigned long long)s->wire_packets, (unsigned long long)s->records);
    return sum == s->frames;
}

static bool
replay(struct camwatch_monitor *monitor, struct camwatch_publisher *publisher, const char *path)
{
    char error[PCAP_ERRBUF_SIZE];
    pcap_t *handle =
        pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, error);
    if (!handle) {
        (void)fprintf(stderr, "%s\n", error);
        return false;
    }
    struct camwatch_source source = {.monitor = monitor,
                                     .link_type = pcap_datalink(handle),
                                     .is_nanoseconds = true,
                                     .file = 1};
    while (pcap_dispatch(handle, 4096, camwatch_on_packet, (u_char *)&source) > 0) {
        (void)camwatch_publisher_run(publisher);
    }
    camwatch_monitor_finish(monitor);
    (void)camwatch_publisher_finish(publisher);
    pcap_close(handle);
    return true;
}

static struct camwatch_publisher *
open_publisher(const struct camwatch_rules *rules, const char *const *files, const char *ndjson)
{
    struct camwatch_publisher_settings settings;
    camwatch_publisher_settings_default(&settings);
    settings.rules = rules;
    settings.is_replay = true;
    settings.capture_files = files;
    struct camwatch_error error;
    struct camwatch_publisher *publisher = NULL;
    if (camwatch_publisher_open(&settings, &publisher, &error) != CAMWATCH_OK ||
        camwatch_publisher_add_ndjson(publisher, ndjson, &error) != CAMWATCH_OK) {
        (void)fprintf(stderr, "%s\n", error.text);
        camwatch_publisher_close(&publisher);
    }
    return publisher;
}

static struct camwatch_monitor *
open_monitor(const struct camwatch_rules *rules, struct camwatch_publisher *publisher)
{
    struct camwatch_monitor_settings settings;
    camwatch_monitor_settings_default(&settings);
    settings.rules = rules;
    settings.ring = camwatch_publisher_ring(publisher);
    settings.is_replay = true;
    settings.drain = drain;
    settings.drain_user = publisher;
    struct camwatch_error error;
    struct camwatch_monitor *monitor = NULL;
    if (camwatch_monitor_open(&settings, &monitor, &error) != CAMWATCH_OK) {
        (void)fprintf(stderr, "%s\n", error.text);
    }
    return monitor;
}

int
main(int argc, char **argv)
{
    struct camwatch_rules *rules = NULL;
    if (argc != 4 || camwatch_rules_load(argv[1], report, NULL, &rules) != CAMWATCH_OK) {
        (void)fputs("usage: bench-replay RULES CAPTURE NDJSON\n", stderr);
        return 1;
    }
    const char *const files[] = {argv[2], NULL};
    struct camwatch_publisher *publisher = open_publisher(rules, files, argv[3]);
    struct camwatch_monitor *monitor = publisher ? open_monitor(rules, publisher) : NULL;
    bool is_good = monitor && replay(monitor, publisher, argv[2]);
    if (is_good) {
        struct camwatch_monitor_stats stats;
        camwatch_monitor_get_stats(monitor, &stats);
        is_good = is_closed(&stats);
    }
    camwatch_monitor_close(&monitor);
    if (publisher) {
        camwatch_publisher_close(&publisher);
    }
    camwatch_rules_free(rules);
    return is_good ? 0 : 1;
}
