/* SPDX-License-Identifier: Apache-2.0
 *
 * All signatures over real captures: cameras are found, and nothing ordinary is taken for one. The walk
 * down to the payload is the least that these captures need. Skipped where there are no captures.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <pcap/pcap.h>
#include <stdio.h>

#include "base/cursor.h"
#include "base/hash.h"
#include "wire_message.h"

enum { FLOWS = 1 << 14, SKIPPED = 77, ETHER_IP = 0x0800, ETHER_VLAN = 0x8100 };

struct end {
    struct cw_addr addr;
    uint16_t port;
};

struct walk_flow {
    bool used;
    uint8_t proto;
    struct end opener;
    struct end other;
    bool seen[2];
    struct cw_wire_state state;
};

typedef void on_result(void *context, const struct cw_wire_input *in,
                       const struct cw_wire_result *result);

struct walk {
    struct walk_flow *flows;
    on_result *report;
    void *context;
};

static char root[512];

static bool
is_end(const struct end *e, const struct cw_addr *addr, uint16_t port)
{
    return e->port == port && cw_addr_equal(&e->addr, addr);
}

static bool
is_flow(const struct walk_flow *f, uint8_t proto, const struct cw_wire_input *in)
{
    bool forward =
        is_end(&f->opener, &in->src, in->src_port) && is_end(&f->other, &in->dst, in->dst_port);
    bool back =
        is_end(&f->opener, &in->dst, in->dst_port) && is_end(&f->other, &in->src, in->src_port);
    return f->used && f->proto == proto && (forward || back);
}

/* The flow of a message; an older one makes room when the table is full around its place. */
static struct walk_flow *
find_flow(struct walk *w, uint8_t proto, const struct cw_wire_input *in)
{
    uint32_t at = 2166136261u;
    for (size_t i = 0; i < sizeof(in->src.b); i++) {
        at = (at ^ (uint32_t)(in->src.b[i] + in->dst.b[i])) * 16777619u;
    }
    at = (at ^ (uint32_t)(in->src_port + in->dst_port)) % FLOWS;
    for (unsigned i = 0; i < 64; i++) {
        struct walk_flow *f = &w->flows[(at + i) % FLOWS];
        if (is_flow(f, proto, in)) {
            return f;
        }
        if (!f->used) {
            at = (at + i) % FLOWS;
            break;
        }
    }
    struct walk_flow *f = &w->flows[at];
    *f = (struct walk_flow){.used = true,
                            .proto = proto,
                            .opener = {in->src, in->src_port},
                            .other = {in->dst, in->dst_port}};
    return f;
}

static void
walk_message(struct walk *w, uint8_t proto, struct cw_wire_input *in)
{
    struct cw_wire_result result;
    struct walk_flow *f = find_flow(w, proto, in);
    in->direction = !is_end(&f->opener, &in->src, in->src_port);
    in->at_start = !f->seen[in->direction];
    f->seen[in->direction] = true;
    if (cw_wire_inspect(&f->state, in, &result)) {
        w->report(w->context, in, &result);
    }
}

static void
walk_transport(struct walk *w, uint8_t proto, struct cw_wire_input *in, struct cw_bytes b,
               uint32_t wire_len)
{
    size_t header = proto == 17 ? 8 : (size_t)(cw_u8_at(b, 12) >> 4) * 4;
    if (header < 8 || b.len <= header || wire_len < b.len) {
        return;
    }
    in->src_port = cw_be16_at(b, 0);
    in->dst_port = cw_be16_at(b, 2);
    in->transport = proto == 17 ? CW_WIRE_UDP : CW_WIRE_TCP;
    in->bytes = cw_bytes_from(b, header);
    in->wire_len = proto == 17 ? wire_len - (uint32_t)header : (uint32_t)in->bytes.len;
    walk_message(w, proto, in);
}

static void
walk_ip(struct walk *w, struct cw_wire_input *in, struct cw_bytes b)
{
    size_t header = (size_t)(cw_u8_at(b, 0) & 0x0f) * 4, total = cw_be16_at(b, 2);
    uint8_t proto = cw_u8_at(b, 9);
    bool is_fragment = (cw_be16_at(b, 6) & 0x1fff) != 0;
    if (b.len < 20 || b.ptr[0] >> 4 != 4 || header < 20 || total < header || is_fragment ||
        (proto != 6 && proto != 17)) {
        return;
    }
    in->src = cw_addr_v4(b.ptr + 12);
    in->dst = cw_addr_v4(b.ptr + 16);
    b = cw_bytes_head(b, total);
    walk_transport(w, proto, in, cw_bytes_from(b, header), (uint32_t)(total - header));
}

static void
walk_ether(struct walk *w, struct cw_bytes b)
{
    struct cw_wire_input in = {0};
    size_t at = 12;
    while (cw_be16_at(b, at) == ETHER_VLAN) {
        at += 4;
    }
    if (b.len < at + 2) {
        return;
    }
    memcpy(in.dst_mac.b, b.ptr, 6);
    memcpy(in.src_mac.b, b.ptr + 6, 6);
    in.ethertype = cw_be16_at(b, at);
    b = cw_bytes_from(b, at + 2);
    if (in.ethertype == ETHER_IP) {
        walk_ip(w, &in, b);
        return;
    }
    struct cw_wire_result result;
    in.transport = CW_WIRE_ETHER;
    in.bytes = b;
    in.wire_len = (uint32_t)b.len;
    if (cw_wire_inspect(NULL, &in, &result)) {
        w->report(w->context, &in, &result);
    }
}

static void
walk_file(const char *path, on_result *report, void *context)
{
    char error[PCAP_ERRBUF_SIZE];
    struct walk w = {.report = report, .context = context};
    struct pcap_pkthdr *header;
    const uint8_t *bytes;
    pcap_t *pcap = pcap_open_offline(path, error);
    if (!pcap) {
        return; /* some of the ordinary captures are broken on purpose */
    }
    w.flows = calloc(FLOWS, sizeof(*w.flows));
    assert_non_null(w.flows);
    while (pcap_datalink(pcap) == DLT_EN10MB && pcap_next_ex(pcap, &header, &bytes) == 1) {
        uint8_t *copy = malloc(header->caplen ? header->caplen : 1);
        assert_non_null(copy);
        memcpy(copy, bytes, header->caplen);
        walk_ether(&w, cw_bytes(copy, header->caplen));
        free(copy);
    }
    free(w.flows);
    pcap_close(pcap);
}

struct amcrest {
    bool has_rendezvous;
    bool has_heartbeat;
    bool has_onvif;
    char serial[48];
};

static void
note_amcrest(void *context, const struct cw_wire_input *in, const struct cw_wire_result *r)
{
    struct amcrest *seen = context;
    bool is_device =
        r->is_confirmed && r->match.sender == CW_WIRE_FROM_DEVICE && r->match.is_camera_fact;
    if (is_device && strcmp(r->signature->name, "dahua-p2p") == 0) {
        assert_memory_equal(r->match.identity.serial, "AMC", 3);
        if (seen->serial[0]) {
            assert_string_equal(r->match.identity.serial, seen->serial);
        }
        memcpy(seen->serial, r->match.identity.serial, sizeof(seen->serial));
        seen->has_rendezvous |= in->dst_port == 8800;
        seen->has_heartbeat |=
            in->dst_port == 8802 && r->match.phase == CW_WIRE_PHASE_KEEPALIVE;
    }
    if (is_device && strcmp(r->signature->name, "onvif-discovery") == 0) {
        seen->has_onvif |= strcmp(r->match.identity.brand, "Amcrest") == 0;
    }
}

static void
test_amcrest(void **unused)
{
    (void)unused;
    static const char *const files[] = {"amcrest-boot", "amcrest-intercepted-1",
                                        "amcrest-intercepted-6"};
    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
        char path[1024];
        struct amcrest seen = {0};
        (void)snprintf(path, sizeof(path), "%s/cameras/%s.pcap", root, files[i]);
        walk_file(path, note_amcrest, &seen);
        assert_true(seen.has_rendezvous);
        assert_true(seen.has_heartbeat);
        assert_true(seen.has_onvif);
    }
}

struct ordinary {
    const char *file;
    unsigned wrong;
};

static void
note_ordinary(void *context, const struct cw_wire_input *in, const struct cw_wire_result *r)
{
    struct ordinary *o = context;
    if (r->signature->proves_device &&
        (r->is_confirmed || r->signature->class == CW_WIRE_BOTH)) {
        print_error("%s: %s%s: %s (ports %u, %u)\n", o->file, r->signature->name,
                    r->is_confirmed ? "" : ", unconfirmed", r->match.detail, in->src_port,
                    in->dst_port);
        o->wrong++;
    }
}

static void
test_ordinary(void **unused)
{
    (void)unused;
    struct ordinary o = {0};
    char folder[600];
    (void)snprintf(folder, sizeof(folder), "%s/ordinary", root);
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    for (struct dirent *e; (e = readdir(dir));) {
        char path[1024];
        (void)snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
        o.file = e->d_name;
        if (e->d_name[0] != '.') {
            walk_file(path, note_ordinary, &o);
        }
    }
    closedir(dir);
    assert_int_equal(o.wrong, 0);
}

static bool
find_captures(void)
{
    const char *captures = getenv("CAMWATCH_CAPTURES"), *source = getenv("CAMWATCH_SOURCE");
    if (captures) {
        (void)snprintf(root, sizeof(root), "%s", captures);
    } else {
        (void)snprintf(root, sizeof(root), "%s/../shared/pcaps", source ? source : ".");
    }
    DIR *dir = opendir(root);
    return dir && closedir(dir) == 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_amcrest),
        cmocka_unit_test(test_ordinary),
    };
    if (!find_captures()) {
        print_message("skipped: no captures in %s (set CAMWATCH_CAPTURES)\n", root);
        return SKIPPED;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
