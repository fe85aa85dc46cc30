/* SPDX-License-Identifier: Apache-2.0
 *
 * Names of DNS answers that the shards of one machine share: in memory that all of them map, a
 * board a shard, written by that shard alone and read by all, without locks. A reader that meets a
 * writer at one place tries again, and takes nothing that is half written. What a board holds is
 * bounded; the oldest of a place goes first.
 */
#ifndef CW_INSPECT_NAMEBOARD_H
#define CW_INSPECT_NAMEBOARD_H

#include "inspect/names.h"

/* The boards as one shard sees them; block is borrowed and 64-aligned. */
struct cw_nameboards {
    void *block; /* NULL: none */
    unsigned n, own;
};

/** Bytes of n boards: some 4 MB each. */
size_t cw_nameboards_size(unsigned n);

/** Empty boards. @param key  the same for all who use them */
void cw_nameboards_format(void *block, unsigned n, struct cw_hash_key key);

/** Were these bytes formatted as n boards? */
bool cw_nameboards_are_good(const void *block, size_t size, unsigned n);

/** Our shard learnt a name. @param client  NULL: whoever asked */
void cw_nameboards_put(const struct cw_nameboards *boards, const struct cw_names_client *client,
                       const struct cw_addr *server, const char *name, int64_t time_ns,
                       int64_t expires_ns);

/** The latest two names on all boards at that time; is_own says that client is given.
 *  @return how many of out are filled */
size_t cw_nameboards_find(const struct cw_nameboards *boards,
                          const struct cw_names_client *client, const struct cw_addr *server,
                          int64_t time_ns, struct cw_name_hit out[2]);

#endif
