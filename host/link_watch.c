/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "link_watch.h"

#include <ifaddrs.h>
#include <linux/if_link.h>
#include <string.h>
#include <sys/socket.h>

#define RAN_OVER (UINT32_MAX / 2) /* a rise beyond it is none: the counter began anew */

static uint32_t
rise_of(uint32_t before, uint32_t now)
{
    return now - before <= RAN_OVER ? now - before : now;
}

uint64_t
cw_link_rise(struct cw_link_seen *seen, const uint32_t now[CW_LINK_COUNTERS])
{
    uint64_t rise = 0;
    for (unsigned i = 0; i < CW_LINK_COUNTERS && seen->is_known; i++) {
        rise += rise_of(seen->counters[i], now[i]);
    }
    memcpy(seen->counters, now, sizeof(seen->counters));
    seen->is_known = true;
    return rise;
}

static void
look_at(struct cw_link_watch *watch, const struct cw_texts *interfaces,
        const struct ifaddrs *link)
{
    const struct rtnl_link_stats *s = link->ifa_data;
    const uint32_t now[CW_LINK_COUNTERS] = {s->rx_dropped, s->rx_missed_errors,
                                            s->rx_fifo_errors};
    for (size_t i = 0; i < interfaces->n && i < CW_LINK_WATCH_MAX; i++) {
        if (strcmp(interfaces->items[i], link->ifa_name) == 0) {
            watch->drops += cw_link_rise(&watch->links[i], now);
        }
    }
}

void
cw_link_watch_look(struct cw_link_watch *watch, const struct cw_texts *interfaces)
{
    struct ifaddrs *all = NULL;
    if (getifaddrs(&all) != 0) {
        return;
    }
    for (const struct ifaddrs *one = all; one; one = one->ifa_next) {
        bool is_link = !one->ifa_addr || one->ifa_addr->sa_family == AF_PACKET;
        if (is_link && one->ifa_data) { /* one without a hardware address has none here */
            look_at(watch, interfaces, one);
        }
    }
    freeifaddrs(all);
}
