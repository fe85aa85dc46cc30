/* SPDX-License-Identifier: Apache-2.0
 *
 * Viewers and the far ends of direct sessions are people at home: how much of their addresses is shown.
 */
#ifndef HOST_PRIVACY_H
#define HOST_PRIVACY_H

#include "mask.h"
#include "roster.h"

/** X(symbol, text, help) */
#define CW_VIEWERS(X)                                                                          \
    X(TRUNCATE, "truncate", "their network: 192.0.2.0/24, 2001:db8::/48, the maker of a MAC")  \
    X(HASH, "hash", "a name made from the address and the key of the report")                  \
    X(FULL, "full", "as it was on the wire")

enum cw_viewers {

#define CW_X(s, t, h) CW_VIEWERS_##s,
    CW_VIEWERS(CW_X)
#undef CW_X
        CW_N_VIEWERS
};

const char *cw_viewers_text(enum cw_viewers viewers);

/** A mask that knows the serials and UIDs of all devices. Given, free with cw_mask_free. */
struct cw_mask *cw_privacy_mask(const struct cw_roster *roster, bool reveals, bool is_utf8);

/** "192.0.2.0/24" for "192.0.2.77"; what is neither address nor MAC stays. Into out. */
void cw_privacy_truncate(const char *address, char out[64]);

/**
 * Replace what would tell people: addresses and MACs of viewers, and the far ends of direct sessions.
 * Surveillance devices and gateways stay as they are.
 *
 * @param key  for the hash; borrowed for the call
 */
void cw_privacy_hide(struct cw_mask *mask, const struct cw_roster *roster,
                     const struct cw_tally *tally, enum cw_viewers viewers,
                     const struct cw_hash_key *key);

#endif
