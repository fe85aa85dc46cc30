/* SPDX-License-Identifier: Apache-2.0
 *
 * From counts to what an operator should know: one judgement a function, each with its advice.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "survey.h"
#include "text.h"

enum {
    FEW = 20,         /* conversations or frames below which nothing is judged */
    SEEN = 2,         /* percent that are more than noise */
    ONE_WAY_BAD = 20, /* percent of conversations */
    COPIES_ALL = 40,  /* percent: every packet comes twice, and the sensor takes copies out */
    HOME_LEAST = 50,
    BUSIEST_MOST = 90,
    JUMBO = 9216,
};

struct list {
    const struct cw_survey_counts *n;
    struct cw_survey_finding *items;
    size_t len;
};

__attribute__((format(printf, 6, 7))) static void
add(struct list *list, enum cw_survey_state state, const char *id, const char *title,
    const char *advice, const char *format, ...)
{
    struct cw_survey_finding *f = &list->items[list->len++];
    va_list arguments;
    *f = (struct cw_survey_finding){.id = id, .title = title, .state = state, .advice = advice};
    va_start(arguments, format);
    (void)vsnprintf(f->text, sizeof(f->text), format, arguments);
    va_end(arguments);
}

static unsigned
percent(uint64_t part, uint64_t whole)
{
    return whole == 0 ? 0 : (unsigned)((double)part * 100.0 / (double)whole + 0.5);
}

const char *
cw_survey_address(const uint8_t address[16], char out[CW_SURVEY_ADDRESS])
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    bool is_ip4 = memcmp(address, mapped, sizeof(mapped)) == 0;
    const char *text = inet_ntop(is_ip4 ? AF_INET : AF_INET6, address + (is_ip4 ? 12 : 0), out,
                                 CW_SURVEY_ADDRESS);
    return text ? text : "";
}

const char *
cw_survey_mac(const uint8_t m[6], char out[CW_SURVEY_ADDRESS])
{
    (void)snprintf(out, CW_SURVEY_ADDRESS, "%02X-%02X-%02X-%02X-%02X-%02X", m[0], m[1], m[2],
                   m[3], m[4], m[5]);
    return out;
}

/* Is this a mirror at all? */
static void
judge_span(struct list *list)
{
    const struct cw_survey_counts *n = list->n;
    char address[CW_SURVEY_ADDRESS];
    unsigned share = percent(n->busiest_frames, n->ip);
    if (percent(n->unicast, n->frames) < SEEN) {
        add(list, CW_SURVEY_WARNING, "span", "Span",
            "this port gets what every port of a switch gets: have the switch mirror ports or "
            "VLANs to it",
            "only broadcast and multicast: this is no mirror");
    } else if (n->ip >= FEW && share >= BUSIEST_MOST && n->busiest_is_home) {
        add(list, CW_SURVEY_WARNING, "span", "Span",
            "this is the traffic of one host, perhaps of this machine itself: mirror the "
            "uplink, "
            "or all ports of cameras",
            "%u %% of packets are from or to %s", share,
            cw_survey_address(n->busiest, address));
    } else {
        add(list, CW_SURVEY_GOOD, "span", "Span", NULL, "%" PRIu64 " address%s at home%s",
            n->hosts, n->hosts == 1 ? "" : "es",
            n->not_kept ? ", and more than there is room for" : "");
    }
}

static void
judge_home(struct list *list)
{
    const struct cw_survey_counts *n = list->n;
    char address[CW_SURVEY_ADDRESS];
    unsigned share = percent(n->home, n->ip);
    if (n->ip < FEW) {
        return;
    }
    if (share < HOME_LEAST && percent(n->busiest_frames, n->ip) >= BUSIEST_MOST) {
        add(list, CW_SURVEY_WARNING, "home", "Home networks",
            "the span lies outside the address translation, where all devices look like one: "
            "mirror inside of it",
            "%u %% of packets touch them; %u %% are from or to %s", share,
            percent(n->busiest_frames, n->ip), cw_survey_address(n->busiest, address));
    } else if (share < HOME_LEAST) {
        add(list, CW_SURVEY_WARNING, "home", "Home networks",
            "devices are looked for in the private networks only: name your own with --home "
            "PREFIX (setting home)",
            "%u %% of packets touch them", share);
    } else {
        add(list, CW_SURVEY_GOOD, "home", "Home networks", NULL,
            "%u %% of packets touch them, %u %% stay inside", share, percent(n->inside, n->ip));
    }
}

static void
judge_directions(struct list *list)
{
    const struct cw_survey_counts *n = list->n;
    unsigned share = percent(n->one_way, n->conversations);
    if (n->conversations == 0) {
        add(list, CW_SURVEY_NOTE, "directions", "Directions",
            "survey again when there is traffic to judge by",
            "no conversation over TCP was seen");
    } else if (share >= ONE_WAY_BAD) {
        add(list, CW_SURVEY_WARNING, "directions", "Directions",
            "mirror both directions (rx and tx) and every link of a bundle: one-way signatures "
            "are worth 40 points at most, and outcomes stay unknown",
            "%u %% of %" PRIu64 " TCP conversations are seen one way only", share,
            n->conversations);
    } else {
        add(list, CW_SURVEY_GOOD, "directions", "Directions", NULL,
            "both, of %u %% of %" PRIu64 " TCP conversations", 100 - share, n->conversations);
    }
}

static void
judge_copies(struct list *list)
{
    const struct cw_survey_counts *n = list->n;
    unsigned share = percent(n->copies, n->ip);
    double lag = n->copies ? (double)n->copies_lag_ns / (double)n->copies / 1e6 : 0;
    if (share >= COPIES_ALL) {
        add(list, CW_SURVEY_NOTE, "duplicates", "Duplicates",
            "camwatch takes second copies out by itself; mirroring one direction a port, or "
            "one "
            "VLAN, halves its work",
            "every packet comes twice, %.3f ms apart (%u %% are copies)", lag, share);
    } else if (share >= SEEN) {
        add(list, CW_SURVEY_WARNING, "duplicates", "Duplicates",
            "too few for camwatch to take out, so these count double: mirror ports in one "
            "direction, or the VLAN once",
            "%u %% of packets come twice, %.3f ms apart", share, lag);
    } else {
        add(list, CW_SURVEY_GOOD, "duplicates", "Duplicates", NULL, "none to speak of");
    }
}

static void
list_vlans(const struct cw_survey_counts *n, struct cw_buffer *out)
{
    unsigned shown = 0, all = 0;
    for (unsigned id = 1; id < CW_SURVEY_VLANS; id++) {
        if (n->vlans[id] == 0) {
            continue;
        }
        all++;
        if (shown < 12) {
            cw_buffer_print(out, "%s%u", shown ? ", " : "", id);
            shown++;
        }
    }
    if (all > shown) {
        cw_buffer_print(out, " and %u more", all - shown);
    }
}

static void
judge_vlans(struct list *list)
{
    const struct cw_survey_counts *n = list->n;
    struct cw_buffer ids = {.text = NULL};
    if (n->tagged == 0) {
        add(list, CW_SURVEY_GOOD, "vlans", "VLANs", NULL, "no tags");
        return;
    }
    list_vlans(n, &ids);
    bool is_one_side = n->tag_one_side > 0;
    add(list, is_one_side ? CW_SURVEY_NOTE : CW_SURVEY_GOOD, "vlans", "VLANs",
        is_one_side
            ? "directions are joined whatever their tag; --vlan-key would tear them apart"
            : NULL,
        "%s (%u %% of frames%s)%s", cw_buffer_text(&ids), percent(n->tagged, n->frames),
        n->double_tagged ? ", some tagged twice" : "",
        is_one_side ? "; tagged in one direction only" : "");
    cw_buffer_free(&ids);
}

static void
judge_dns(struct list *list)
{
    const struct cw_survey_counts *n = list->n;
    uint64_t dns = n->dns_queries + n->dns_answers;
    if (dns == 0) {
        add(list, CW_SURVEY_WARNING, "dns", "DNS",
            "far ends are then named by TLS and HTTP alone: mirror the way to the resolver too",
            n->dns_private ? "not in clear (%" PRIu64 " packets over TLS)" : "none%.0" PRIu64,
            n->dns_private);
    } else if (n->dns_queries == 0 || n->dns_answers == 0) {
        add(list, CW_SURVEY_WARNING, "dns", "DNS",
            "names come from answers, and who asked from questions: mirror both directions to "
            "the resolver",
            "%s without %s", n->dns_queries ? "questions" : "answers",
            n->dns_queries ? "answers" : "questions");
    } else if (n->dns_clients == 1 && n->hosts > 4) {
        add(list, CW_SURVEY_WARNING, "dns", "DNS",
            "that is the resolver; which device asked is not seen: mirror between devices and "
            "resolver",
            "one address asks for all");
    } else {
        add(list, CW_SURVEY_GOOD, "dns", "DNS", NULL,
            "%" PRIu64 " questions of %" PRIu64 " address%s, %" PRIu64 " answers%s",
            n->dns_queries, n->dns_clients, n->dns_clients == 1 ? "" : "es", n->dns_answers,
            n->dns_private ? "; some ask over TLS" : "");
    }
}

static void
judge_local(struct list *list)
{
    const struct cw_survey_counts *n = list->n;
    if (n->dhcp > 0) {
        add(list, CW_SURVEY_GOOD, "dhcp", "DHCP", NULL, "%" PRIu64 " packets", n->dhcp);
    } else {
        add(list, CW_SURVEY_NOTE, "dhcp", "DHCP",
            "devices renew within hours; if it never shows, mirror their VLAN: it names makers "
            "and hosts",
            "none");
    }
    if (n->discovery + n->arp > 0) {
        add(list, CW_SURVEY_GOOD, "local", "Local chatter", NULL,
            "%" PRIu64 " ARP, %" PRIu64 " mDNS, SSDP and WS-Discovery", n->arp, n->discovery);
    } else {
        add(list, CW_SURVEY_NOTE, "local", "Local chatter",
            "ONVIF and makers' searches stay inside a VLAN: mirror that of the cameras too",
            "no ARP, mDNS, SSDP or WS-Discovery");
    }
    if (n->ip >= FEW && n->home > 0 && percent(n->inside, n->ip) < SEEN) {
        add(list, CW_SURVEY_NOTE, "inside", "Between devices",
            "a recorder that takes video from cameras of the same switch is not seen on an "
            "uplink: mirror the ports of recorders",
            "hardly any traffic between addresses at home");
    }
}

static void
judge_routers(struct list *list)
{
    const struct cw_survey_counts *n = list->n;
    struct cw_buffer text = {.text = NULL};
    char mac[CW_SURVEY_ADDRESS];
    bool is_inner = false;
    size_t shown = n->routers < 3 ? n->routers : 3;
    if (n->routers == 0) {
        bool is_inside = n->home > 0 && n->inside == n->home;
        add(list, is_inside ? CW_SURVEY_WARNING : CW_SURVEY_NOTE, "routers", "Routers",
            is_inside
                ? "nothing leaves the home networks on this span: mirror the uplink to see "
                  "where devices phone home"
                : NULL,
            "none among the MACs");
        return;
    }
    for (size_t i = 0; i < shown; i++) {
        const struct cw_survey_router *r = &n->router[i];
        cw_buffer_print(&text, "%s%s (%" PRIu32 " outside, %" PRIu32 " at home)", i ? ", " : "",
                        cw_survey_mac(r->mac, mac), r->outside, r->inside);
        is_inner = is_inner || r->inside >= 8;
    }
    add(list, is_inner ? CW_SURVEY_NOTE : CW_SURVEY_GOOD, "routers", "Routers",
        is_inner
            ? "devices behind an inner router are known by address, not by MAC: mirror their "
              "side of it too"
            : NULL,
        "%s%s", cw_buffer_text(&text), n->routers > shown ? " and more" : "");
    cw_buffer_free(&text);
}

static void
judge_nat(struct list *list)
{
    const struct cw_survey_counts *n = list->n;
    struct cw_buffer text = {.text = NULL};
    char address[CW_SURVEY_ADDRESS];
    size_t shown = n->nats < 3 ? n->nats : 3;
    if (n->nats == 0) {
        return;
    }
    for (size_t i = 0; i < shown; i++) {
        cw_buffer_print(&text, "%s%s (TTL %u)", i ? ", " : "",
                        cw_survey_address(n->nat[i].address, address), n->nat[i].ttl);
    }
    add(list, CW_SURVEY_WARNING, "nat", "NAT suspected",
        "devices behind such an address look like one, with its MAC: mirror inside of it",
        "%s%s", cw_buffer_text(&text), n->nats > shown ? " and more" : "");
    cw_buffer_free(&text);
}

static void
judge_tunnels(struct list *list)
{
#define CW_X(name) name,
    static const char *const names[] = {CW_SURVEY_TUNNELS(CW_X)};
#undef CW_X
    const struct cw_survey_counts *n = list->n;
    struct cw_buffer text = {.text = NULL};
    for (size_t i = 0; i < CW_SURVEY_N_TUNNELS; i++) {
        if (n->tunnels[i] > 0) {
            cw_buffer_print(&text, "%s%s %u %%", text.len ? ", " : "", names[i],
                            percent(n->tunnels[i], n->frames));
        }
    }
    if (text.len > 0) {
        add(list, CW_SURVEY_NOTE, "tunnels", "Tunnels",
            "they are taken off; the kernel deals by outer addresses, so --shards does little "
            "here",
            "%s of frames", cw_buffer_text(&text));
    }
    if (percent(n->encrypted, n->frames) >= SEEN) {
        add(list, CW_SURVEY_WARNING, "encrypted", "Encrypted",
            "what is inside cannot be seen: mirror before it is encrypted",
            "%u %% of frames are IPsec, WireGuard or MACsec", percent(n->encrypted, n->frames));
    }
    cw_buffer_free(&text);
}

static void
judge_frames(struct list *list)
{
    const struct cw_survey_counts *n = list->n;
    if (n->truncated > 0) {
        add(list, CW_SURVEY_WARNING, "truncated", "Truncated",
            "names and signatures are further back: raise the snap length, or that of the "
            "mirror session",
            "%u %% of frames are cut, at %" PRIu32 " bytes", percent(n->truncated, n->frames),
            n->captured_most);
    }
    if (n->giant > 0) {
        add(list, CW_SURVEY_NOTE, "giant", "Giant frames",
            n->longest > JUMBO
                ? "the card puts packets together: bytes are right, packets are too few; "
                  "ethtool -K INTERFACE gro off lro off"
                : "jumbo frames, or put together by the card (ethtool -k INTERFACE tells)",
            "%" PRIu64 " frames of up to %" PRIu32 " bytes", n->giant, n->longest);
    }
}

static void
judge_drops(struct list *list)
{
    const struct cw_survey_counts *n = list->n;
    unsigned most = CAMWATCH_DROP_NONE;
    for (unsigned i = 1; i < CAMWATCH_N_DROPS; i++) {
        most = n->drops[i] > n->drops[most] || most == CAMWATCH_DROP_NONE ? i : most;
    }
    uint64_t dropped = n->frames - n->parsed;
    if (percent(dropped, n->frames) >= SEEN) {
        bool is_link = n->drops[CAMWATCH_DROP_LINK_UNKNOWN] > 0;
        add(list, is_link ? CW_SURVEY_WARNING : CW_SURVEY_NOTE, "unparsed", "Not parsed",
            is_link ? "this link type is not decoded: capture on the Ethernet interface instead"
                    : NULL,
            "%u %% of frames, most of them %s: %s", percent(dropped, n->frames),
            camwatch_drop_text(most), camwatch_drop_help(most));
    }
    if (n->kernel_drops > 0) {
        add(list, CW_SURVEY_WARNING, "kernel-drops", "Kernel drops",
            "a larger --buffer, more --shards, or a --bpf that leaves bulk traffic out",
            "%" PRIu64 " frames", n->kernel_drops);
    }
}

size_t
cw_survey_judge(const struct cw_survey_counts *counts,
                struct cw_survey_finding out[CW_SURVEY_FINDINGS])
{
    static void (*const judges[])(struct list *) = {
        judge_span,  judge_home,    judge_directions, judge_copies,  judge_vlans,  judge_dns,
        judge_local, judge_routers, judge_nat,        judge_tunnels, judge_frames, judge_drops};
    struct list list = {.n = counts, .items = out};
    if (counts->frames == 0) {
        add(&list, CW_SURVEY_WARNING, "span", "Span",
            "is the mirror session on, the cable in, and does the filter let anything pass?",
            "not a single frame");
        return list.len;
    }
    for (size_t i = 0; i < sizeof(judges) / sizeof(judges[0]); i++) {
        judges[i](&list);
    }
    return list.len;
}
