/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "camwatch/monitor.h"

#include <stdio.h>

#include "camwatch/pcap.h"
#include "fuzz.h"
#include "publish.h"

static struct camwatch_monitor *
open_monitor(struct camwatch_ring *ring)
{
    struct camwatch_monitor_settings settings;
    struct camwatch_monitor *monitor;
    struct camwatch_error error;
    camwatch_monitor_settings_default(&settings);
    settings.rules = fuzz_rules();
    settings.ring = ring;
    settings.memory_flows = 64 * 1024;
    settings.max_hosts = 64;
    settings.max_names = 64;
    settings.use_dpi = false; /* 20 ms to open: ndpi.c is its own target */
    settings.stats_s = 600;
    settings.is_replay = settings.publish_all_flows = true;
    FUZZ_DEMAND(camwatch_monitor_open(&settings, &monitor, &error) == CAMWATCH_OK);
    return monitor;
}

/* A capture file, through libpcap and the hook, to JSON. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char problem[PCAP_ERRBUF_SIZE];
    FILE *file = size > 0 ? fmemopen((void *)(uintptr_t)data, size, "rb") : NULL;
    pcap_t *capture = file ? pcap_fopen_offline_with_tstamp_precision(
                                 file, PCAP_TSTAMP_PRECISION_NANO, problem)
                           : NULL;
    if (!capture) {
        (void)(file && fclose(file));
        return 0;
    }
    struct camwatch_publisher *publisher = fuzz_publisher();
    struct camwatch_monitor *monitor = open_monitor(camwatch_publisher_ring(publisher));
    struct camwatch_source source = {
        .monitor = monitor, .link_type = pcap_datalink(capture), .is_nanoseconds = true};
    while (pcap_dispatch(capture, 16, camwatch_on_packet, (u_char *)&source) > 0) {
        (void)camwatch_publisher_run(publisher);
    }
    struct camwatch_monitor_stats stats;
    camwatch_monitor_finish(monitor);
    camwatch_monitor_get_stats(monitor, &stats);
    FUZZ_DEMAND(stats.frames == source.number && stats.parsed <= stats.frames);
    fuzz_publisher_end(publisher);
    camwatch_monitor_close(&monitor);
    pcap_close(capture);
    return 0;
}
