/* SPDX-License-Identifier: Apache-2.0
 *
 * The hook: a pcap_handler. Of libpcap it needs the header alone, so the library does not link it.
 */
#define _GNU_SOURCE
#include "camwatch/pcap.h"

#include "base/time.h"

void
camwatch_on_packet(u_char *user, const struct pcap_pkthdr *header, const u_char *bytes)
{
    struct camwatch_source *source = (struct camwatch_source *)(void *)user;
    int64_t fraction =
        source->is_nanoseconds ? header->ts.tv_usec : header->ts.tv_usec % 1000000 * 1000;
    struct camwatch_frame frame = {
        .time_ns = cw_time_of(header->ts.tv_sec, fraction),
        .bytes = bytes,
        .captured = header->caplen,
        .wire_len = header->len,
        .link_type = (uint32_t)source->link_type,
        .file = source->file,
        .interface = source->interface,
        .number = source->file > 0 ? source->number + 1 : 0,
    };
    source->number++;
    camwatch_monitor_feed(source->monitor, &frame);
}
