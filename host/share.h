/* SPDX-License-Identifier: Apache-2.0
 *
 * Which shard of a replay handles a frame. Hosts that speak with each other, and addresses at one MAC, may
 * have to do with each other (who resolves whose names, which camera a recorder knows), so they meet in one
 * shard: what is seen together before a shard is chosen becomes one group. A group goes, when its first
 * frame is dealt, to the shard that has had the fewest frames.
 *
 * Frames are noted some thousand ahead of being dealt. Two hosts that have a shard each and speak with each
 * other later stay where they are; the frames between them go to the client of a DNS or DHCP server, else
 * to the one with the lower address, whichever way they go.
 */
#ifndef HOST_SHARE_H
#define HOST_SHARE_H

#include "frame_ends.h"

enum { CW_SHARE_MAX = 16, CW_SHARE_HOSTS = 1 << 20 };

struct cw_share;

/** @param home  the operator's prefixes, NULL-ended or NULL, which the monitor has checked
 *  @return given, free with cw_share_free; aborts for lack of memory */
struct cw_share *cw_share_new(const char *const *home, unsigned shards);
void cw_share_free(struct cw_share *share);

/** Note who speaks with whom. O(1), mostly one look at a cache. The first CW_SHARE_HOSTS count.
 *  @return the host that decides, for cw_share_of; 0: nobody, which is shard 0's */
uint32_t cw_share_note(struct cw_share *share, const struct cw_frame_ends *ends);

/** The shard of a frame that was noted. The same frames in the same order give the same shards, and a host
 *  has the same one each time. */
unsigned cw_share_of(struct cw_share *share, uint32_t host);

#endif
