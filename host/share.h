/* SPDX-License-Identifier: Apache-2.0
 *
 * Which shard of a replay handles a frame. Hosts that may speak of each other (who resolves whose names,
 * which camera a recorder knows, one host's IPv4 and IPv6) must meet in one shard, so frames are dealt by
 * site: the first 16 bits of the IPv4 address inside the home networks. A site goes, when it is first seen,
 * to the shard that has the fewest frames so far. What has no such address stays in shard 0.
 */
#ifndef HOST_SHARE_H
#define HOST_SHARE_H

#include "camwatch/monitor.h"

enum { CW_SHARE_MAX = 16, CW_SHARE_PREFIXES = 80, CW_SHARE_SITES = 1 << 16 };

struct cw_share {
    unsigned shards;
    size_t n_prefixes;

    struct {
        uint32_t net, mask;
    } prefixes[CW_SHARE_PREFIXES];

    uint64_t load[CW_SHARE_MAX];
    uint8_t shard_of[CW_SHARE_SITES]; /* 1 + shard; 0: not seen yet */
};

/** @param home  the operator's prefixes, NULL-ended or NULL, which the monitor has checked */
void cw_share_open(struct cw_share *share, const char *const *home, unsigned shards);

/** O(home networks). The same frames in the same order give the same shards. */
unsigned cw_share_of(struct cw_share *share, const struct camwatch_frame *frame);

#endif
