/* SPDX-License-Identifier: Apache-2.0
 *
 * A recorder's list of the cameras behind it, which may go on for many segments: each entry becomes
 * a claim once it is whole. A few lists at a time, and so many bytes of each; the oldest gives way.
 */
#include <string.h>

#include "packet_side/side.h"

enum { ENTRIES_MOST = 256, BYTES_MOST = 256 * 1024 };

static void
take_entries(struct camwatch_monitor *m, const struct cw_side_packet *p, struct cw_host *host,
             struct cw_wire_list *list)
{
    struct cw_identity identity;
    for (unsigned n = 0; n < ENTRIES_MOST && list->next(&list->rest, &identity); n++) {
        cw_side_tell_listed(m, host, p->packet, &identity);
    }
}

static struct cw_side_list *
find_list(struct camwatch_monitor *m, const struct cw_side_packet *p)
{
    for (unsigned i = 0; i < CW_SIDE_LISTS; i++) {
        struct cw_side_list *list = &m->lists[i];
        if (list->next && list->flow == p->flow->id && list->direction == p->direction) {
            return list;
        }
    }
    return NULL;
}

/* The entry that goes on stands at the front. What is longer than any entry is none. */
static void
keep_rest(struct cw_side_list *list, struct cw_bytes rest)
{
    list->have = 0;
    if (rest.len > 0 && rest.len <= CW_SIDE_LIST_ROOM / 2) {
        memmove(list->bytes, rest.ptr, rest.len);
        list->have = (uint16_t)rest.len;
    }
}

void
cw_side_list_begin(struct camwatch_monitor *m, const struct cw_side_packet *p,
                   struct cw_host *host, const struct cw_wire_list *found)
{
    struct cw_wire_list list = *found;
    take_entries(m, p, host, &list);
    if (!p->flow || p->packet->proto != CW_PROTO_TCP) {
        return;
    }
    struct cw_side_list *slot = find_list(m, p);
    slot = slot ? slot : &m->lists[m->next_list++ % CW_SIDE_LISTS];
    slot->flow = p->flow->id;
    slot->next = found->next;
    slot->direction = (uint8_t)p->direction;
    slot->budget = BYTES_MOST;
    slot->seq = p->packet->tcp_seq + (uint32_t)p->packet->payload.len;
    keep_rest(slot, list.rest);
    p->flow->is_listing = 1;
}

/* Where a segment is missing, the entry that it cut is lost; the next whole one is not. */
static struct cw_bytes
follow(struct cw_side_list *list, const struct cw_packet *packet)
{
    uint32_t ahead = packet->tcp_seq - list->seq;
    struct cw_bytes payload = packet->payload;
    if (ahead > INT32_MAX) { /* seen before, in whole or in part */
        payload = cw_bytes_from(payload, list->seq - packet->tcp_seq);
    } else if (ahead > 0) {
        list->have = 0;
    }
    if (payload.len > 0) {
        list->seq = packet->tcp_seq + (uint32_t)packet->payload.len;
    }
    return payload;
}

void
cw_side_list_more(struct camwatch_monitor *m, const struct cw_side_packet *p)
{
    struct cw_side_list *list = find_list(m, p);
    struct cw_host *host = list ? cw_side_host_of_end(m, p->flow, p->direction) : NULL;
    if (!host) {
        return;
    }
    struct cw_bytes payload = follow(list, p->packet);
    while (payload.len > 0) {
        size_t n = CW_SIDE_LIST_ROOM - (size_t)list->have;
        n = n < payload.len ? n : payload.len;
        memcpy(list->bytes + list->have, payload.ptr, n);
        struct cw_wire_list here = {.next = list->next,
                                    .rest = cw_bytes(list->bytes, list->have + n)};
        take_entries(m, p, host, &here);
        keep_rest(list, here.rest);
        payload = cw_bytes_from(payload, n);
        if (list->budget <= n) {
            list->next = NULL;
            return;
        }
        list->budget -= (uint32_t)n;
    }
}
