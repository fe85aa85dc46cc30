/* SPDX-License-Identifier: Apache-2.0
 *
 * All taps of a running camwatch: of each interface one a shard, joined into a group.
 */
#ifndef HOST_TAPS_H
#define HOST_TAPS_H

#include "live.h"

struct cw_taps {
    const struct cw_live_settings *settings;
    unsigned shards; /* taps of an interface: 1 where a reader deals */
    struct cw_tap *of[CW_MAX_INTERFACES][CW_DEAL_SHARDS];
    struct cw_deal deals[CW_MAX_INTERFACES];
};

/** Make them, closed. @return false: error says which home network is wrong */
bool cw_taps_make(struct cw_taps *taps, const struct cw_live_settings *settings,
                  struct camwatch_error *error);
void cw_taps_free(struct cw_taps *taps);

/** Open and join those of one interface; closed again on error. */
bool cw_taps_open(struct cw_taps *taps, size_t interface, struct camwatch_error *error);
void cw_taps_close(struct cw_taps *taps, size_t interface);
bool cw_taps_is_open(const struct cw_taps *taps, size_t interface);

/** A shard's process died: other taps take the places of its own, and get what comes from now on. What waits in
 *  the old ones is lost: cw_taps_count() without asking tells then what had been received.
 *  @return false: error says why */
bool cw_taps_renew(struct cw_taps *taps, unsigned shard, struct camwatch_error *error);

/** What the kernel received and dropped for a shard since the start. @param asks  the kernel, else as counted
 *  last */
struct cw_tap_counts cw_taps_count(struct cw_taps *taps, unsigned shard, bool asks);

/** The open taps of a shard. @return how many of out are filled */
size_t cw_taps_of_shard(const struct cw_taps *taps, unsigned shard,
                        struct cw_tap *out[CW_MAX_INTERFACES]);

/** In a process of one shard: the others' are none of its business. */
void cw_taps_leave(struct cw_taps *taps, unsigned shard);

#endif
