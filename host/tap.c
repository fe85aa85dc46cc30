/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "tap.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "camwatch/pcap.h"

struct cw_tap {
    const char *interface;
    const struct cw_tap_settings *settings;
    pcap_t *handle; /* NULL: not open */
    struct camwatch_source source;
    struct cw_tap_counts counts;
    bool was_open;
    int group; /* PACKET_FANOUT's: number, mode and flags */
};

void
cw_tap_settings_default(struct cw_tap_settings *settings)
{
    *settings = (struct cw_tap_settings){
        .buffer = 64u << 20,
        .snaplen = 262144,
        .wait_ms = 50,
        .is_promiscuous = true,
    };
}

struct cw_tap *
cw_tap_new(const char *interface, uint32_t index, const struct cw_tap_settings *settings)
{
    struct cw_tap *tap = calloc(1, sizeof(*tap));
    if (!tap) {
        abort();
    }
    tap->interface = interface;
    tap->settings = settings;
    tap->source.interface = index;
    return tap;
}

void
cw_tap_free(struct cw_tap *tap)
{
    if (tap) {
        if (tap->handle) {
            pcap_close(tap->handle);
        }
        free(tap);
    }
}

static bool
fail(struct cw_tap *tap, pcap_t *handle, const char *why, struct camwatch_error *error)
{
    (void)snprintf(error->text, sizeof(error->text), "%.64s: %.400s", tap->interface, why);
    if (handle) {
        pcap_close(handle);
    }
    return false;
}

static const char *
explain(pcap_t *handle, int status)
{
    switch (status) {
    case PCAP_ERROR_PERM_DENIED:
        return "capturing needs CAP_NET_RAW: run as root, or give the program that capability";
    case PCAP_ERROR_NO_SUCH_DEVICE:
        return "there is no such interface ('ip link' lists them)";
    case PCAP_ERROR_IFACE_NOT_UP:
        return "the interface is down ('ip link set dev NAME up')";
    default:
        return pcap_geterr(handle)[0] ? pcap_geterr(handle) : pcap_statustostr(status);
    }
}

static int
configure(pcap_t *handle, const struct cw_tap_settings *s)
{
    int buffer = s->buffer > INT32_MAX ? INT32_MAX : (int)s->buffer;
    int status = pcap_set_snaplen(handle, (int)s->snaplen);
    status = status ? status : pcap_set_promisc(handle, s->is_promiscuous);
    status = status ? status : pcap_set_timeout(handle, (int)s->wait_ms);
    status = status ? status : pcap_set_buffer_size(handle, buffer);
    (void)pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO);
    return status;
}

static bool
set_filter(struct cw_tap *tap, pcap_t *handle, struct camwatch_error *error)
{
    struct bpf_program program;
    if (!tap->settings->filter) {
        return true;
    }
    if (pcap_compile(handle, &program, tap->settings->filter, 1, PCAP_NETMASK_UNKNOWN) != 0) {
        return fail(tap, NULL, pcap_geterr(handle), error);
    }
    int status = pcap_setfilter(handle, &program);
    pcap_freecode(&program);
    return status == 0 || fail(tap, NULL, pcap_geterr(handle), error);
}

bool
cw_tap_open(struct cw_tap *tap, struct camwatch_error *error)
{
    char why[PCAP_ERRBUF_SIZE] = "";
    pcap_t *handle = pcap_create(tap->interface, why);
    if (!handle) {
        return fail(tap, NULL, why, error);
    }
    int status = configure(handle, tap->settings);
    status = status ? status : pcap_activate(handle);
    if (status < 0) {
        return fail(tap, handle, explain(handle, status), error);
    }
    if (pcap_setnonblock(handle, 1, why) != 0 || pcap_get_selectable_fd(handle) < 0) {
        return fail(tap, handle, why[0] ? why : "this source cannot be polled", error);
    }
    if (!set_filter(tap, handle, error)) {
        pcap_close(handle);
        return false;
    }
    tap->handle = handle;
    tap->source.link_type = pcap_datalink(handle);
    tap->source.is_nanoseconds =
        pcap_get_tstamp_precision(handle) == PCAP_TSTAMP_PRECISION_NANO;
    tap->counts.reopened += tap->was_open;
    tap->was_open = true;
    return true;
}

void
cw_tap_stop(struct cw_tap *tap)
{
    struct sock_filter nothing = BPF_STMT(BPF_RET | BPF_K, 0);
    struct sock_fprog program = {.len = 1, .filter = &nothing};
    if (tap->handle) {
        (void)setsockopt(pcap_fileno(tap->handle), SOL_SOCKET, SO_ATTACH_FILTER, &program,
                         sizeof(program));
    }
}

/* ---- groups ---- */

static void
ignore(u_char *user, const struct pcap_pkthdr *header, const u_char *bytes)
{
    (void)user;
    (void)header;
    (void)bytes;
}

/* What came before the group was whole: neither seen nor counted. */
static void
discard(struct cw_tap *tap)
{
    struct tpacket_stats_v3 stats;
    socklen_t size = sizeof(stats);
    while (pcap_dispatch(tap->handle, -1, ignore, NULL) > 0) {
    }
    (void)getsockopt(pcap_fileno(tap->handle), SOL_PACKET, PACKET_STATISTICS, &stats, &size);
}

/* Longer than a block that is not full waits. */
static void
wait_for_block(const struct cw_tap *tap)
{
    struct timespec span = {.tv_nsec = (tap->settings->wait_ms + 10) * 1000000L};
    span.tv_sec = span.tv_nsec / 1000000000;
    span.tv_nsec %= 1000000000;
    (void)nanosleep(&span, NULL);
}

static bool
start(struct cw_tap *tap, struct camwatch_error *error)
{
    int none = 0;
    if (tap->settings->filter) {
        return set_filter(tap, tap->handle, error);
    }
    return setsockopt(pcap_fileno(tap->handle), SOL_SOCKET, SO_DETACH_FILTER, &none,
                      sizeof(none)) == 0 ||
           fail(tap, NULL, "the kernel keeps a filter", error);
}

static bool
join(struct cw_tap *tap, int group, struct camwatch_error *error)
{
    socklen_t size = sizeof(tap->group);
    int fd = pcap_fileno(tap->handle);
    if (setsockopt(fd, SOL_PACKET, PACKET_FANOUT, &group, sizeof(group)) != 0 ||
        getsockopt(fd, SOL_PACKET, PACKET_FANOUT, &tap->group, &size) != 0) {
        return fail(tap, NULL, strerror(errno), error);
    }
    return true;
}

/* What the first member learnt of the group, as the next ones say it. */
static int
group_of(const struct cw_tap *tap)
{
    return (tap->group & 0xffff) | PACKET_FANOUT_CBPF << 16;
}

static bool
set_program(struct cw_tap *tap, const struct cw_deal *deal, struct camwatch_error *error)
{
    static struct sock_filter program[CW_DEAL_PROGRAM];
    size_t n = cw_deal_program(deal, program, CW_DEAL_PROGRAM);
    struct sock_fprog whole = {.len = (unsigned short)n, .filter = program};
    if (n == 0) {
        return fail(tap, NULL, "too many home networks for the kernel's program", error);
    }
    return setsockopt(pcap_fileno(tap->handle), SOL_PACKET, PACKET_FANOUT_DATA, &whole,
                      sizeof(whole)) == 0 ||
           fail(tap, NULL, strerror(errno), error);
}

bool
cw_tap_join(struct cw_tap *const *taps, const struct cw_deal *deal,
            struct camwatch_error *error)
{
    bool is_good = true;
    for (unsigned i = 0; i < deal->shards; i++) {
        cw_tap_stop(taps[i]);
    }
    for (unsigned i = 0; i < deal->shards && is_good; i++) {
        int group = i == 0 ? (PACKET_FANOUT_CBPF | PACKET_FANOUT_FLAG_UNIQUEID) << 16
                           : group_of(taps[0]);
        is_good = join(taps[i], group, error);
    }
    is_good = is_good && set_program(taps[0], deal, error);
    wait_for_block(taps[0]);
    for (unsigned i = 0; i < deal->shards; i++) {
        discard(taps[i]);
    }
    for (unsigned i = 0; i < deal->shards && is_good; i++) {
        is_good = start(taps[i], error);
    }
    return is_good;
}

bool
cw_tap_can_join(const struct cw_tap *tap)
{
    int domain = 0;
    socklen_t size = sizeof(domain);
    return tap->handle &&
           getsockopt(pcap_fileno(tap->handle), SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 &&
           domain == AF_PACKET;
}

/* Behind the others, where no packet is dealt to, with an empty ring and the filter that is to be. */
static bool
join_behind(struct cw_tap *fresh, struct cw_tap *old, struct camwatch_error *error)
{
    cw_tap_stop(fresh);
    if (!join(fresh, group_of(old), error)) {
        return false;
    }
    wait_for_block(fresh);
    discard(fresh);
    return start(fresh, error);
}

bool
cw_tap_replace(struct cw_tap *fresh, struct cw_tap *old, struct cw_deal *deal, unsigned shard,
               struct camwatch_error *error)
{
    if (!cw_tap_open(fresh, error)) {
        return false;
    }
    bool is_good = join_behind(fresh, old, error);
    cw_deal_hand_over(deal, shard);
    is_good = is_good && set_program(fresh, deal, error); /* from here on it gets them all */
    cw_deal_settle(deal, shard);
    if (!is_good) {
        cw_tap_close(fresh); /* the last one: everybody else's place stays */
        return false;
    }
    cw_tap_close(old);
    fresh->counts = old->counts;
    return set_program(fresh, deal, error);
}

void
cw_tap_close(struct cw_tap *tap)
{
    if (tap->handle) {
        struct cw_tap_counts ignored;
        cw_tap_count(tap, &ignored);
        pcap_close(tap->handle);
        tap->handle = NULL;
    }
}

bool
cw_tap_is_open(const struct cw_tap *tap)
{
    return tap->handle;
}

const char *
cw_tap_name(const struct cw_tap *tap)
{
    return tap->interface;
}

int
cw_tap_fd(const struct cw_tap *tap)
{
    return tap->handle ? pcap_get_selectable_fd(tap->handle) : -1;
}

int
cw_tap_read(struct cw_tap *tap, struct camwatch_monitor *monitor, int max,
            struct camwatch_error *error)
{
    if (!tap->handle) {
        return 0;
    }
    uint64_t before = tap->source.number;
    tap->source.monitor = monitor;
    int n = pcap_dispatch(tap->handle, max, camwatch_on_packet, (u_char *)&tap->source);
    tap->counts.handled += tap->source.number - before;
    if (n < 0) {
        (void)fail(tap, NULL, pcap_geterr(tap->handle), error);
        cw_tap_close(tap);
    }
    return n;
}

struct each {
    const struct cw_tap *tap;
    cw_frame_fn fn;
    void *user;
};

static void
hand_on(u_char *user, const struct pcap_pkthdr *header, const u_char *bytes)
{
    const struct each *each = (const void *)user;
    const struct camwatch_source *source = &each->tap->source;
    int64_t fraction = (int64_t)header->ts.tv_usec * (source->is_nanoseconds ? 1 : 1000);
    struct camwatch_frame frame = {.time_ns =
                                       (int64_t)header->ts.tv_sec * 1000000000 + fraction,
                                   .bytes = bytes,
                                   .captured = header->caplen,
                                   .wire_len = header->len,
                                   .link_type = (uint32_t)source->link_type,
                                   .interface = source->interface};
    each->fn(each->user, &frame);
}

int
cw_tap_each(struct cw_tap *tap, int max, cw_frame_fn fn, void *user,
            struct camwatch_error *error)
{
    struct each each = {.tap = tap, .fn = fn, .user = user};
    if (!tap->handle) {
        return 0;
    }
    int n = pcap_dispatch(tap->handle, max, hand_on, (u_char *)&each);
    if (n < 0) {
        (void)fail(tap, NULL, pcap_geterr(tap->handle), error);
        cw_tap_close(tap);
    }
    return n;
}

/* PACKET_STATISTICS starts from zero after each question, and tp_packets includes tp_drops. pcap_stats
 * would read files below /sys, which a process without files cannot. */
void
cw_tap_count(struct cw_tap *tap, struct cw_tap_counts *out)
{
    struct tpacket_stats_v3 stats = {0};
    socklen_t size = sizeof(stats);
    if (tap->handle && getsockopt(pcap_fileno(tap->handle), SOL_PACKET, PACKET_STATISTICS,
                                  &stats, &size) == 0) {
        tap->counts.received += stats.tp_packets;
        tap->counts.dropped += stats.tp_drops;
    }
    *out = tap->counts;
}

void
cw_tap_counted(const struct cw_tap *tap, struct cw_tap_counts *out)
{
    *out = tap->counts;
}
