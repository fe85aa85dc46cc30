/* SPDX-License-Identifier: Apache-2.0
 *
 * Who asked what: which name a client got an address for. Only answers to questions that were seen
 * count (corrections.md, rules of evidence), so nobody can plant a name by sending answers.
 *
 * A client is its MAC where it is on-link, so its IPv4 and IPv6 addresses meet and the resolver
 * does not matter; else its address. All memory is taken at the start; the entry not used for
 * longest goes first. One thread.
 */
#ifndef CW_INSPECT_NAMES_H
#define CW_INSPECT_NAMES_H

#include "base/addr.h"
#include "base/hash.h"
#include "inspect/dns.h"

#define CW_NAMES_DEFAULT 65536 /* about 11 MB */

struct cw_names_client {
    struct cw_mac mac; /* on-link, else none */
    struct cw_addr addr;
};

struct cw_nameboards;

struct cw_names_settings {
    uint32_t max; /* remembered pairs of name and address; at least 16 */
    struct cw_hash_key key;
    uint64_t *drops; /* borrowed, by enum camwatch_drop: NAMES_EVICTED; NULL: not counted */
    const struct cw_nameboards *boards; /* borrowed; shared with other shards; NULL: none */
};

struct cw_name_hit {
    char name[CW_DNS_NAME_MAX];
    int64_t answered_ns;
    bool is_own; /* from this client's own answers; else from another's */
};

struct cw_names;

/** NULL for lack of memory; given, cw_names_free. */
struct cw_names *cw_names_new(const struct cw_names_settings *settings);
void cw_names_free(struct cw_names *names);

/**
 * A client asks. Remembered for 10 s.
 *
 * @param client  who asks (the sender), @param port its port
 * @param message a question, copied
 */
void cw_names_query(struct cw_names *names, const struct cw_names_client *client, uint16_t port,
                    const struct cw_dns_message *message, int64_t time_ns);

/**
 * A client is answered: when it asked so (client, port, id, name and type) each address gets the
 * name, for the longer of the TTL (at most a day) and an hour.
 *
 * @param client  who is answered (the receiver), @param port its port
 * @return false: nobody asked, or too long ago; nothing is stored
 */
bool cw_names_answer(struct cw_names *names, const struct cw_names_client *client,
                     uint16_t port, const struct cw_dns_message *message, int64_t time_ns);

/**
 * Names of a server for a client at a time: its own latest answer at or before it, and a second own
 * name that is live too, if there is one; without an own one the latest name that anybody got. What
 * this shard has not seen itself is looked for on the boards of the others.
 * Finding keeps a name for another hour.
 *
 * @param time_ns  when the flow began
 * @return 0, 1 or 2 filled hits; 2: two own names, latest first
 */
size_t cw_names_find(struct cw_names *names, const struct cw_names_client *client,
                     const struct cw_addr *server, int64_t time_ns, struct cw_name_hit out[2]);

#endif
