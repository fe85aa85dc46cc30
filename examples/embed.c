/* SPDX-License-Identifier: Apache-2.0
 *
 * camwatch inside another program's capture loop: events of one capture as NDJSON on standard output.
 *   cc embed.c -o embed $(pkg-config --cflags --libs camwatch libpcap) && ./embed FILE RULES
 */
#define _DEFAULT_SOURCE
#include <camwatch/pcap.h>
#include <camwatch/publisher.h>
#include <stdio.h>

int
main(int argc, char **argv)
{
    struct camwatch_error error = {""};
    struct camwatch_rules *rules = NULL;
    struct camwatch_publisher *publisher = NULL;
    struct camwatch_monitor *monitor = NULL;
    char problem[PCAP_ERRBUF_SIZE] = "usage: embed FILE RULES";
    pcap_t *capture = argc == 3 ? pcap_open_offline(argv[1], problem) : NULL;
    if (!capture || camwatch_rules_load(argv[2], NULL, NULL, &rules) != CAMWATCH_OK) {
        return fprintf(stderr, "%s\n", capture ? "the rules have errors" : problem), 1;
    }
    struct camwatch_publisher_settings publish;
    camwatch_publisher_settings_default(&publish);
    publish.rules = rules;
    struct camwatch_monitor_settings watch;
    camwatch_monitor_settings_default(&watch);
    watch.rules = rules;
    if (camwatch_publisher_open(&publish, &publisher, &error) != CAMWATCH_OK ||
        camwatch_publisher_add_ndjson(publisher, "-", &error) != CAMWATCH_OK) {
        return fprintf(stderr, "%s\n", error.text), 1;
    }
    watch.ring = camwatch_publisher_ring(publisher);
    if (camwatch_monitor_open(&watch, &monitor, &error) != CAMWATCH_OK) {
        return fprintf(stderr, "%s\n", error.text), 1;
    }
    struct camwatch_source source = {.monitor = monitor, .link_type = pcap_datalink(capture)};
    while (pcap_dispatch(capture, 256, camwatch_on_packet, (u_char *)&source) > 0) {
        camwatch_publisher_run(publisher);
    }
    camwatch_monitor_finish(monitor);
    camwatch_publisher_finish(publisher);
    camwatch_monitor_close(&monitor);
    camwatch_publisher_close(&publisher);
    camwatch_rules_free(rules);
    pcap_close(capture);
    return 0;
}
