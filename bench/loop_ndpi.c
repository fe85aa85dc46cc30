/* SPDX-License-Identifier: Apache-2.0
 *
 * bench-ndpi CAPTURE: what everyone who puts libpcap, a hash table and nDPI together pays: each flow
 * is shown to nDPI until its protocol is known, at most 32 packets; then giveup and ndpi_free_flow.
 * The table grows; no time-outs, no tunnels, no events. nDPI up to 4.8 (the API of that time).
 */
#define _GNU_SOURCE
#include <ndpi_api.h>
#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PACKETS_MAX = 32 };

struct key {
    uint8_t low[16], high[16];
    uint16_t low_port, high_port;
    uint32_t proto;
};

struct flow {
    struct key key;
    uint64_t packets, bytes;
    struct ndpi_flow_struct *ndpi; /* NULL: decided */
    uint32_t shown;
    uint16_t protocol;
};

struct loop {
    struct ndpi_detection_module_struct *module;
    struct flow **slots; /* open addressing, a power of two */
    size_t n_slots, n_flows;
    uint64_t known;
};

static uint64_t
hash_of(const struct key *key)
{
    uint64_t words[5], h = 0x9e3779b97f4a7c15;
    memcpy(words, key, sizeof(words));
    for (int i = 0; i < 5; i++) {
        h = (h ^ words[i]) * 0xff51afd7ed558ccd;
        h ^= h >> 32;
    }
    return h;
}

static struct flow **
slot_of(struct loop *l, const struct key *key)
{
    size_t at = hash_of(key) & (l->n_slots - 1);
    while (l->slots[at] && memcmp(&l->slots[at]->key, key, sizeof(*key)) != 0) {
        at = (at + 1) & (l->n_slots - 1);
    }
    return &l->slots[at];
}

static void *
need(void *memory)
{
    if (!memory) {
        (void)fputs("bench-ndpi: out of memory\n", stderr);
        exit(1);
    }
    return memory;
}

static void
grow(struct loop *l)
{
    struct flow **old = l->slots;
    size_t n = l->n_slots;
    l->n_slots = n ? n * 2 : 1024;
    l->slots = need(calloc(l->n_slots, sizeof(*l->slots)));
    for (size_t i = 0; i < n; i++) {
        if (old[i]) {
            *slot_of(l, &old[i]->key) = old[i];
        }
    }
    free(old);
}

static struct flow *
find(struct loop *l, const struct key *key)
{
    if (l->n_flows * 4 >= l->n_slots * 3) {
        grow(l);
    }
    struct flow **slot = slot_of(l, key);
    if (!*slot) {
        struct flow *f = need(calloc(1, sizeof(*f)));
        size_t size = ndpi_detection_get_sizeof_ndpi_flow_struct();
        f->key = *key;
        f->ndpi = need(ndpi_flow_malloc(size));
        memset(f->ndpi, 0, size);
        l->n_flows++;
        *slot = f;
    }
    return *slot;
}

static void
decide(struct loop *l, struct flow *f, ndpi_protocol found)
{
    if (found.app_protocol == NDPI_PROTOCOL_UNKNOWN &&
        found.master_protocol == NDPI_PROTOCOL_UNKNOWN) {
        uint8_t guessed;
        found = ndpi_detection_giveup(l->module, f->ndpi, 1, &guessed);
    }
    f->protocol = found.app_protocol ? found.app_protocol : found.master_protocol;
    l->known += f->protocol != NDPI_PROTOCOL_UNKNOWN;
    ndpi_free_flow(f->ndpi);
    f->ndpi = NULL;
}

static void
show(struct loop *l, struct flow *f, const uint8_t *ip, size_t len, uint64_t time_ms)
{
    ndpi_protocol found = ndpi_detection_process_packet(
        l->module, f->ndpi, ip, (unsigned short)(len > 65535 ? 65535 : len), time_ms);
    bool is_known = found.app_protocol != NDPI_PROTOCOL_UNKNOWN ||
                    found.master_protocol != NDPI_PROTOCOL_UNKNOWN;
    bool is_over = is_known && !ndpi_extra_dissection_possible(l->module, f->ndpi);
    if (is_over || ++f->shown >= PACKETS_MAX) {
        decide(l, f, found);
    }
}

static void
set_key(struct key *key, const uint8_t *src, const uint8_t *dst, size_t n, const uint8_t *ports)
{
    uint16_t from = (uint16_t)(ports ? ports[0] << 8 | ports[1] : 0);
    uint16_t to = (uint16_t)(ports ? ports[2] << 8 | ports[3] : 0);
    int order = memcmp(src, dst, n);
    bool swap = order > 0 || (order == 0 && from > to);
    memcpy(key->low, swap ? dst : src, n);
    memcpy(key->high, swap ? src : dst, n);
    key->low_port = swap ? to : from;
    key->high_port = swap ? from : to;
}

/* @return false: no IP, or cut */
static bool
make_key(const uint8_t *ip, size_t len, struct key *key)
{
    memset(key, 0, sizeof(*key));
    size_t v4 = len >= 20 ? (size_t)(ip[0] & 15) * 4 : 0;
    bool is_v4 = len >= 20 && ip[0] >> 4 == 4, is_v6 = len >= 40 && ip[0] >> 4 == 6;
    if (!is_v4 && !is_v6) {
        return false;
    }
    size_t header = is_v4 ? v4 : 40;
    key->proto = is_v4 ? ip[9] : ip[6];
    bool is_later = is_v4 && ((ip[6] & 0x1f) != 0 || ip[7] != 0);
    bool has_ports = !is_later && (key->proto == 6 || key->proto == 17) && header + 4 <= len;
    set_key(key, is_v4 ? ip + 12 : ip + 8, is_v4 ? ip + 16 : ip + 24, is_v4 ? 4 : 16,
            has_ports ? ip + header : NULL);
    return true;
}

static void
on_packet(u_char *user, const struct pcap_pkthdr *header, const u_char *bytes)
{
    struct loop *l = (void *)user;
    size_t len = header->caplen, at = 12;
    while (at + 6 <= len && bytes[at] == 0x81 && bytes[at + 1] == 0) {
        at += 4;
    }
    struct key key;
    if (at + 2 > len || !make_key(bytes + at + 2, len - at - 2, &key)) {
        return;
    }
    struct flow *f = find(l, &key);
    f->packets++;
    f->bytes += header->len;
    if (f->ndpi) {
        uint64_t ms = (uint64_t)header->ts.tv_sec * 1000 + (uint64_t)header->ts.tv_usec / 1000;
        show(l, f, bytes + at + 2, len - at - 2, ms);
    }
}

static void
finish(struct loop *l)
{
    for (size_t i = 0; i < l->n_slots; i++) {
        if (l->slots[i] && l->slots[i]->ndpi) {
            decide(l, l->slots[i], (ndpi_protocol){0});
        }
        free(l->slots[i]);
    }
    free(l->slots);
    ndpi_exit_detection_module(l->module);
}

int
main(int argc, char **argv)
{
    char error[PCAP_ERRBUF_SIZE];
    pcap_t *handle = argc == 2 ? pcap_open_offline(argv[1], error) : NULL;
    if (!handle || pcap_datalink(handle) != DLT_EN10MB) {
        (void)fputs("usage: bench-ndpi CAPTURE (of Ethernet)\n", stderr);
        return 1;
    }
    struct loop l = {.module = need(ndpi_init_detection_module(ndpi_no_prefs))};
    NDPI_PROTOCOL_BITMASK all;
    NDPI_BITMASK_SET_ALL(all);
    ndpi_set_protocol_detection_bitmask2(l.module, &all);
    ndpi_finalize_initialization(l.module);
    int result = pcap_loop(handle, 0, on_packet, (u_char *)&l);
    size_t flows = l.n_flows;
    finish(&l);
    (void)printf("%zu flows, %llu known\n", flows, (unsigned long long)l.known);
    pcap_close(handle);
    return result == 0 ? 0 : 1;
}
