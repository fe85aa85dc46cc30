/* SPDX-License-Identifier: Apache-2.0
 *
 * What the wire signatures say of each message of a capture, for tests/golden/wire.py.
 *
 *     wire_messages --table                        the signatures, one JSON object a line
 *     wire_messages [--experimental] CAPTURE       the messages, one JSON object a line
 *
 * A message is a datagram, a TCP segment with payload, or a frame without IP. Nothing is joined here: how
 * pieces become messages is for the program itself to show.
 */
#include <stdio.h>
#include <string.h>

#include "wire_walk.h"

static void
put_text(const char *key, const char *text)
{
    (void)printf("\"%s\":\"", key);
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\') {
            (void)printf("\\%c", c);
        } else if (c < 0x20 || c > 0x7e) {
            (void)printf("\\u%04x", c);
        } else {
            (void)putchar(c);
        }
    }
    (void)printf("\",");
}

static const char *
transport_text(unsigned transport)
{
    return transport == CW_WIRE_UDP ? "udp" : transport == CW_WIRE_TCP ? "tcp" : "ether";
}

static void
put_ends(const struct cw_wire_input *in)
{
    char text[CW_ADDR_TEXT_MAX];
    if (in->transport == CW_WIRE_ETHER) {
        (void)printf("\"ethertype\":\"0x%04x\",", (unsigned)in->ethertype);
        return;
    }
    put_text("source.ip", cw_addr_format(&in->src, text));
    (void)printf("\"source.port\":%u,", (unsigned)in->src_port);
    put_text("destination.ip", cw_addr_format(&in->dst, text));
    (void)printf("\"destination.port\":%u,", (unsigned)in->dst_port);
}

static void
put_identity(const struct cw_wire_match *m)
{
    const struct cw_identity *id = &m->identity;
    if (m->has_identity) {
        put_text("origin", camwatch_origin_text(id->origin));
        put_text("brand", id->brand);
        put_text("maker", id->maker);
        put_text("model", id->model);
        put_text("serial", id->serial);
        put_text("uid", id->uid);
        put_text("firmware", id->firmware);
        put_text("name", id->name);
        put_text("kind", camwatch_device_kind_text(id->kind));
    }
    (void)printf("\"candidates\":%u,", (unsigned)m->n_candidates);
}

static void
put_match(const struct cw_wire_result *r)
{
    put_text("signature", r->signature->name);
    put_text("phase", cw_wire_phase_text(r->match.phase));
    put_text("sender", cw_wire_sender_text(r->match.sender));
    put_text("role", camwatch_role_text(r->match.role));
    put_text("vendor", r->match.vendor ? r->match.vendor : r->signature->vendor);
    put_text("detail", r->match.detail);
    put_text("confirmed", r->is_confirmed ? "yes" : "no");
    put_text("camera", r->match.is_camera_fact ? "yes" : "no");
    put_identity(&r->match);
}

static void
put_message(void *cookie, const struct walk_hit *hit)
{
    (void)cookie;
    (void)printf("{\"frame\":%u,", hit->frame);
    put_text("transport", transport_text(hit->in->transport));
    put_ends(hit->in);
    if (hit->result) {
        put_match(hit->result);
    }
    (void)printf("\"size\":%u}\n", (unsigned)hit->in->wire_len);
}

static void
put_list(const char *key, unsigned bits, unsigned n, const char *(*text)(unsigned))
{
    const char *between = "";
    (void)printf("\"%s\":[", key);
    for (unsigned i = 1; i < n; i++) {
        if (bits & 1u << i) {
            (void)printf("%s\"%s\"", between, text(i));
            between = ",";
        }
    }
    (void)printf("],");
}

static void
put_table(void)
{
    static const char *const classes[] = {
        [CW_WIRE_ONE] = "one",
        [CW_WIRE_TWO] = "two",
        [CW_WIRE_THREE] = "three",
        [CW_WIRE_BOTH] = "both",
        [CW_WIRE_THREE_BOTH] = "three-both",
    };
    for (const struct cw_wire_signature *const *s = cw_wire_table(); *s; s++) {
        (void)printf("{");
        put_text("name", (*s)->name);
        put_text("class", classes[(*s)->class]);
        put_list("phases", (*s)->phases, CW_WIRE_N_PHASES, cw_wire_phase_text);
        put_list("senders", (*s)->senders, CW_WIRE_FROM_SERVER + 1, cw_wire_sender_text);
        (void)printf("\"tcp\":%s,", (*s)->transports & CW_WIRE_TCP ? "true" : "false");
        (void)printf("\"off\":%s}\n", (*s)->is_off ? "true" : "false");
    }
}

int
main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--table") == 0) {
        put_table();
        return 0;
    }
    bool experimental = argc == 3 && strcmp(argv[1], "--experimental") == 0;
    if (argc != 2 + experimental) {
        (void)fprintf(stderr, "usage: wire_messages --table | [--experimental] CAPTURE\n");
        return 2;
    }
    if (walk_payloads(argv[argc - 1], experimental, put_message, NULL) < 0) {
        (void)fprintf(stderr, "wire_messages: %s: not a capture\n", argv[argc - 1]);
        return 1;
    }
    return 0;
}
