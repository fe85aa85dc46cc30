/* SPDX-License-Identifier: Apache-2.0
 *
 * How often chance is taken for a protocol: for each signature and each of its transports, random
 * payloads in conversations of four messages, two each way, on the signature's own ports, through the
 * table of signatures and their confirmation as every flow goes.
 *
 *   chance [--payloads N] [--seed S] [--only NAME] [--date DAY]
 *
 * Two kinds of payloads, N of each: of a size that the format allows and with a right length field;
 * and of such a size with a right first byte. Writes a table to standard output, and each confirmed
 * hit to standard error. Exit status 1 when something was confirmed.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "formats.h"

enum {
    MESSAGES = 4,
    MAX_SIGNATURES = 128,
    N_TRANSPORTS = 3,
    SHOWN = 64,
    TEXT_MORE = 300, /* a text of least bytes and this many more */
};

enum kind { OF_LENGTH, OF_FIRST, N_KINDS };

static const char *const kind_names[N_KINDS] = {"length", "first"};
static const char *const transport_names[N_TRANSPORTS] = {"udp", "tcp", "ether"};

struct count {
    uint64_t payloads, raw, confirmed;
};

struct options {
    uint64_t payloads, seed;
    const char *only;
    const char *date;
};

struct run {
    const struct options *options;
    uint64_t random;
    const struct cw_wire_signature *about;
    unsigned transport; /* 0 UDP, 1 TCP, 2 Ethernet */
    enum kind kind;
    const struct chance_format *format[8];
    unsigned n_formats;
    uint64_t of_transport[N_TRANSPORTS];                     /* payloads */
    struct count own[MAX_SIGNATURES][N_TRANSPORTS][N_KINDS]; /* on payloads shaped for it */
    struct count all[MAX_SIGNATURES][N_TRANSPORTS];          /* on everybody's */
};

/* splitmix64 (Steele, Lea, Flood 2014) */
static uint64_t
next(struct run *r)
{
    uint64_t z = r->random += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* Another stream of numbers for each signature, transport and kind, whatever the table's order. */
static void
start_random(struct run *r)
{
    r->random = r->options->seed + r->transport * 2 + r->kind;
    for (const char *c = r->about->name; *c; c++) {
        r->random = (r->random ^ (uint64_t)*c) * UINT64_C(0x100000001b3);
    }
}

static uint32_t
pick_size(struct run *r, const struct chance_format *f)
{
    unsigned n = 0;
    uint64_t noise = next(r);
    if (!f) {
        return r->about->least + (uint32_t)(noise % TEXT_MORE);
    }
    while (f->sizes[n]) {
        n++;
    }
    if (n > 0 && (f->most == 0 || noise & 1)) {
        return f->sizes[(noise >> 8) % n];
    }
    uint32_t step = f->step ? f->step : 1, steps = (uint32_t)(f->most - f->least) / step;
    return f->least + step * (uint32_t)((noise >> 8) % (steps + 1));
}

/* Noise of an allowed size, then what this kind has right. */
static uint32_t
make_payload(struct run *r, uint8_t *b)
{
    const struct cw_wire_signature *s = r->about;
    const struct chance_format *f = r->n_formats ? r->format[next(r) % r->n_formats] : NULL;
    uint32_t size = pick_size(r, f);
    for (uint32_t i = 0; i < size; i += 8) {
        uint64_t noise = next(r);
        memcpy(b + i, &noise, 8);
    }
    if (r->kind == OF_LENGTH && f && f->set_length) {
        f->set_length(b, size, next(r));
    } else if (r->kind == OF_FIRST) {
        b[0] = (uint8_t)s->first[next(r) % s->n_first];
    }
    return size;
}

/* A client at a server's usual port; one in four conversations has the port at both ends. */
static struct cw_wire_input
start_conversation(struct run *r)
{
    static const uint8_t client[4] = {192, 168, 1, 2}, server[4] = {198, 51, 100, 7};
    const struct cw_wire_signature *s = r->about;
    uint64_t noise = next(r);
    unsigned n = 0;
    while (n < sizeof(s->ports) / sizeof(s->ports[0]) && s->ports[n]) {
        n++;
    }
    struct cw_wire_input in = {
        .transport = (uint8_t)(1u << r->transport),
        .ethertype = s->ethertype,
        .src = cw_addr_v4(client),
        .dst = cw_addr_v4(server),
        .dst_port = n ? s->ports[noise % n] : (uint16_t)(1024 + noise % 60000),
        .to_group = r->transport == 0 && (noise >> 16) % 8 == 0,
        .experimental = true,
    };
    in.src_port =
        (noise >> 24) % 4 == 0 ? in.dst_port : (uint16_t)(1024 + (noise >> 32) % 60000);
    memcpy(in.src_mac.b, &noise, sizeof(in.src_mac.b));
    return in;
}

static void
turn_round(struct cw_wire_input *in)
{
    struct cw_addr addr = in->src;
    uint16_t port = in->src_port;
    in->src = in->dst;
    in->dst = addr;
    in->src_port = in->dst_port;
    in->dst_port = port;
    in->direction ^= 1;
}

static unsigned
index_of(const struct cw_wire_signature *s)
{
    unsigned i = 0;
    while (cw_wire_table()[i] != s) {
        i++;
    }
    return i;
}

static void
show_hit(const struct run *r, const struct cw_wire_input *in, const struct cw_wire_result *hit)
{
    (void)fprintf(stderr, "confirmed: %s, on payloads for %s, %s, right %s, %u bytes:",
                  hit->signature->name, r->about->name, transport_names[r->transport],
                  kind_names[r->kind], (unsigned)in->wire_len);
    for (uint32_t i = 0; i < in->wire_len && i < SHOWN; i++) {
        (void)fprintf(stderr, " %02x", in->bytes.ptr[i]);
    }
    (void)fprintf(stderr, "\n");
}

static void
count_hit(struct run *r, const struct cw_wire_input *in, const struct cw_wire_result *hit)
{
    enum { SHOWN_MOST = 3 };

    unsigned i = index_of(hit->signature);
    struct count *all = &r->all[i][r->transport];
    struct count *own =
        hit->signature == r->about ? &r->own[i][r->transport][r->kind] : &(struct count){0};
    all->raw++;
    own->raw++;
    if (hit->is_confirmed) {
        all->confirmed++;
        own->confirmed++;
        if (all->confirmed <= SHOWN_MOST) {
            show_hit(r, in, hit);
        }
    }
}

static void
play_conversation(struct run *r)
{
    uint8_t payload[CHANCE_SIZE_MAX + 8];
    struct cw_wire_state state = {0};
    struct cw_wire_input in = start_conversation(r);
    for (unsigned i = 0; i < MESSAGES; i++) {
        in.wire_len = make_payload(r, payload);
        in.bytes = cw_bytes(payload, in.wire_len);
        in.at_start = r->transport == 1 && i < 2;
        struct cw_wire_result hit;
        if (cw_wire_inspect(r->transport == 2 ? NULL : &state, &in, &hit)) {
            count_hit(r, &in, &hit);
        }
        turn_round(&in);
    }
}

static void
find_formats(struct run *r)
{
    enum { MOST = sizeof(r->format) / sizeof(*r->format) };
    const struct chance_format *f;
    size_t at = 0;
    r->n_formats = 0;
    while ((f = chance_next_format(r->about->name, 1u << r->transport, &at)) &&
           r->n_formats < MOST) {
        r->format[r->n_formats++] = f;
    }
}

static void
run_kind(struct run *r, enum kind kind)
{
    r->kind = kind;
    if (kind == OF_FIRST && !r->about->first) {
        return;
    }
    start_random(r);
    uint64_t n = r->options->payloads / MESSAGES;
    for (uint64_t i = 0; i < n; i++) {
        play_conversation(r);
    }
    r->of_transport[r->transport] += n * MESSAGES;
    r->own[index_of(r->about)][r->transport][kind].payloads = n * MESSAGES;
}

static void
run_signature(struct run *r, const struct cw_wire_signature *s)
{
    r->about = s;
    for (r->transport = 0; r->transport < N_TRANSPORTS; r->transport++) {
        if (s->transports & 1u << r->transport) {
            find_formats(r);
            run_kind(r, OF_LENGTH);
            run_kind(r, OF_FIRST);
        }
    }
}

static void
print_count(const char *signature, unsigned transport, const char *kind, const struct count *c)
{
    (void)printf("%s\t%s\t%s\t%llu\t%llu\t%llu\n", signature, transport_names[transport], kind,
                 (unsigned long long)c->payloads, (unsigned long long)c->raw,
                 (unsigned long long)c->confirmed);
}

static uint64_t
print_signature(struct run *r, unsigned i)
{
    const struct cw_wire_signature *s = cw_wire_table()[i];
    uint64_t confirmed = 0;
    for (unsigned t = 0; t < N_TRANSPORTS; t++) {
        struct count *all = &r->all[i][t];
        if (!(s->transports & 1u << t)) {
            continue;
        }
        for (unsigned k = 0; k < N_KINDS; k++) {
            if (r->own[i][t][k].payloads) {
                print_count(s->name, t, kind_names[k], &r->own[i][t][k]);
            }
        }
        all->payloads = r->of_transport[t];
        print_count(s->name, t, "any", all);
        confirmed += all->confirmed;
    }
    return confirmed;
}

static int
print_results(struct run *r)
{
    uint64_t confirmed = 0;
    (void)printf("# SPDX-License-Identifier: Apache-2.0\n"
                 "# Written by tests/chance: see docs/recognition.md.\n"
                 "# date\t%s\n# seed\t%llu\n# payloads\t%llu\n"
                 "# signature\ttransport\tright\tpayloads\traw\tconfirmed\n",
                 r->options->date, (unsigned long long)r->options->seed,
                 (unsigned long long)r->options->payloads);
    for (unsigned i = 0; cw_wire_table()[i]; i++) {
        confirmed += print_signature(r, i);
    }
    return confirmed ? EXIT_FAILURE : EXIT_SUCCESS;
}

static const char *
today(void)
{
    static char text[16];
    time_t now = time(NULL);
    struct tm utc;
    (void)strftime(text, sizeof(text), "%Y-%m-%d", gmtime_r(&now, &utc));
    return text;
}

static bool
read_options(int argc, char **argv, struct options *o)
{
    for (int i = 1; i < argc; i += 2) {
        if (i + 1 == argc) {
            return false;
        }
        if (strcmp(argv[i], "--payloads") == 0) {
            o->payloads = strtoull(argv[i + 1], NULL, 10);
        } else if (strcmp(argv[i], "--seed") == 0) {
            o->seed = strtoull(argv[i + 1], NULL, 10);
        } else if (strcmp(argv[i], "--only") == 0) {
            o->only = argv[i + 1];
        } else if (strcmp(argv[i], "--date") == 0) {
            o->date = argv[i + 1];
        } else {
            return false;
        }
    }
    return o->payloads >= MESSAGES;
}

int
main(int argc, char **argv)
{
    static struct run run;
    struct options options = {.payloads = 10000000, .seed = 28181, .date = today()};
    const char *unknown = chance_unknown_format();
    if (!read_options(argc, argv, &options) || unknown) {
        (void)fprintf(
            stderr, "usage: chance [--payloads N] [--seed S] [--only NAME] [--date DAY]%s%s\n",
            unknown ? "\nformats.c: no such signature: " : "", unknown ? unknown : "");
        return 2;
    }
    run.options = &options;
    for (const struct cw_wire_signature *const *s = cw_wire_table(); *s; s++) {
        if (!options.only || strcmp(options.only, (*s)->name) == 0) {
            run_signature(&run, *s);
        }
    }
    return print_results(&run);
}
