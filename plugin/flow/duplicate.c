/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/duplicate.h"

#include "base/cursor.h"

enum {
    MOST_BYTES = 96, /* headers with sequence numbers and checksums */
    IP4_HEADER = 20,
    CHANGING = 16, /* what routers change is in here */
    LAG_SLACK_NS = 200000, /* by which equal lags may differ */
    MOST = 80,             /* copies among 100 packets that could be one, to start with ... */
    FEW = 40,              /* ... and to stop */
};

/* The packet without TTL and header checksum (RFC 791), or hop limit (RFC 8200). */
static uint64_t
hash_packet(struct cw_hash_key key, const struct cw_packet *packet)
{
    uint8_t start[CHANGING];
    struct cw_bytes head = cw_bytes_head(packet->ip, MOST_BYTES);
    memcpy(start, head.ptr, sizeof(start));
    if (start[0] >> 4 == 4) {
        start[8] = start[10] = start[11] = 0;
    } else {
        start[7] = 0;
    }
    key.k0 ^= cw_hash_quick(key, start, sizeof(start));
    head = cw_bytes_from(head, sizeof(start));
    return cw_hash_quick(key, head.ptr, head.len); /* of every packet, in place */
}

static bool
is_copy(struct cw_duplicates *d, uint64_t hash, int64_t time_ns)
{
    struct cw_duplicate_place *place = &d->places[hash & (CW_DUPLICATE_PLACES - 1)];
    int64_t lag = time_ns - place->time_ns;
    bool is_again =
        place->time_ns != 0 && place->hash == hash && lag >= 0 && lag <= CW_DUPLICATE_LAG_NS;
    if (!is_again) {
        *place = (struct cw_duplicate_place){.hash = hash, .time_ns = time_ns};
        return false;
    }
    place->time_ns = 0; /* a third one is the first of a new pair */
    int64_t change = lag - d->lag_ns;
    d->lag_ns = lag;
    return change <= LAG_SLACK_NS && change >= -LAG_SLACK_NS;
}

/* Every packet twice makes every second one a copy. */
static void
judge_window(struct cw_duplicates *d)
{
    unsigned share = 200u * d->n_copies / d->n_packets;
    d->is_doubling = share >= (d->is_doubling ? FEW : MOST);
    d->n_packets = d->n_copies = 0;
}

bool
cw_duplicates_note(struct cw_duplicates *d, const struct cw_packet *packet)
{
    if (packet->ip.len < IP4_HEADER) {
        return false;
    }
    bool is_second = is_copy(d, hash_packet(d->key, packet), packet->frame->time_ns);
    bool is_dropped = is_second && d->is_doubling;
    d->n_copies += is_second;
    if (++d->n_packets == CW_DUPLICATE_WINDOW) {
        judge_window(d);
    }
    return is_dropped;
}
