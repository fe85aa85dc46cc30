/* SPDX-License-Identifier: Apache-2.0
 *
 * The hook into a libpcap loop:
 *
 *   struct camwatch_source source = {.monitor = monitor, .link_type = pcap_datalink(handle)};
 *   pcap_loop(handle, -1, camwatch_on_packet, (u_char *)&source);
 *
 * libpcap's own header needs u_int: define _DEFAULT_SOURCE (or _GNU_SOURCE) when compiling with
 * -std=c17.
 */
#ifndef CAMWATCH_PCAP_H
#define CAMWATCH_PCAP_H

#include <pcap/pcap.h>

#include "camwatch/monitor.h"

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

/** Where packets come from. Owned by the host; must outlive the loop. */
struct camwatch_source {
    struct camwatch_monitor *monitor;
    int link_type;       /* pcap_datalink() */
    bool is_nanoseconds; /* pcap_get_tstamp_precision() == PCAP_TSTAMP_PRECISION_NANO */
    uint32_t interface;
    uint32_t file;   /* replay: from 1 */
    uint64_t number; /* frames so far; counted here */
};

/** A pcap_handler: user is a struct camwatch_source. */
void camwatch_on_packet(u_char *user, const struct pcap_pkthdr *header, const u_char *bytes);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
