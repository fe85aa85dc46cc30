/* SPDX-License-Identifier: Apache-2.0
 *
 * The format: draft-ietf-opsawg-pcapng 3 and 4. A section has its own byte order and interfaces.
 */
#define _GNU_SOURCE
#include "capture_blocks.h"

#include <pcap/pcap.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum {
    SECTION = 0x0A0D0D0A, /* the same in both byte orders */
    INTERFACE = 1,
    OLD_PACKET = 2,
    SIMPLE_PACKET = 3,
    PACKET = 6,
    BLOCK_HEAD = 8,
    BLOCK_TAIL = 4,
    BLOCK_MAX = 16 << 20,
    FRAME_MAX = 262144, /* libpcap's MAXIMUM_SNAPLEN: more is a damaged file */
    INTERFACES_MAX = 65536,
    OPTION_TSRESOL = 9,
    OPTION_TSOFFSET = 14,
    DECIMALS = 9, /* of the ticks in front of nanoseconds */
};

#define ORDER_MAGIC UINT32_C(0x1A2B3C4D)
#define NS          UINT64_C(1000000000)

struct interface {
    uint32_t link_type, snaplen;
    uint8_t resolution; /* of if_tsresol: ten, or two where the first bit is set, to so many */
    int64_t offset_s;
};

struct cw_blocks {
    FILE *file;
    uint8_t *body; /* of the block at hand */
    size_t room;
    bool is_swapped;
    struct interface *interfaces;
    size_t n_interfaces, interfaces_room;
    char fault[160];
};

static uint32_t
word(const struct cw_blocks *b, const uint8_t *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof(value));
    return b->is_swapped ? __builtin_bswap32(value) : value;
}

static uint16_t
half(const struct cw_blocks *b, const uint8_t *at)
{
    uint16_t value;
    memcpy(&value, at, sizeof(value));
    return b->is_swapped ? __builtin_bswap16(value) : value;
}

static uint64_t
quad(const struct cw_blocks *b, const uint8_t *at)
{
    uint64_t value;
    memcpy(&value, at, sizeof(value));
    return b->is_swapped ? __builtin_bswap64(value) : value;
}

__attribute__((format(printf, 2, 3))) static bool
fail(struct cw_blocks *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(b->fault, sizeof(b->fault), format, args);
    va_end(args);
    return false;
}

static bool
take(struct cw_blocks *b, uint8_t *to, size_t size)
{
    size_t n = fread(to, 1, size, b->file);
    return n == size ||
           fail(b, "truncated dump file; tried to read %zu bytes, only got %zu", size, n);
}

/* Body and second length of a block behind what was read of it. */
static bool
take_body(struct cw_blocks *b, uint32_t len, size_t had, size_t *body_len)
{
    if (len > BLOCK_MAX || len % 4 != 0 || len < had + BLOCK_TAIL) {
        return fail(b, "a block of %u bytes: a multiple of 4 up to %d is allowed", len,
                    BLOCK_MAX);
    }
    size_t size = len - had;
    if (size > b->room) {
        free(b->body);
        b->room = size;
        b->body = malloc(size);
        if (!b->body) {
            abort();
        }
    }
    if (!take(b, b->body, size)) {
        return false;
    }
    *body_len = size - BLOCK_TAIL;
    return word(b, b->body + *body_len) == len ||
           fail(b, "a block's length of %u bytes differs from the one at its end", len);
}

/* The rest of a section header; its length cannot be read before its byte order. */
static bool
read_section(struct cw_blocks *b, const uint8_t length[4])
{
    uint8_t head[8]; /* order, versions */
    size_t len;
    if (!take(b, head, sizeof(head))) {
        return false;
    }
    b->is_swapped = false;
    b->is_swapped = word(b, head) != ORDER_MAGIC;
    if (word(b, head) != ORDER_MAGIC) {
        return fail(b, "unknown file format");
    }
    if (half(b, head + 4) != 1) {
        return fail(b, "unknown pcapng savefile major version number %u", half(b, head + 4));
    }
    b->n_interfaces = 0;
    return take_body(b, word(b, length), BLOCK_HEAD + sizeof(head), &len);
}

/* The number that pcap_datalink() has for a link type of files. */
static uint32_t
datalink_of(uint16_t link_type, uint32_t snaplen)
{
    uint32_t header[6] = {0xa1b2c3d4, 0, 0, 0, snaplen, link_type};
    uint16_t version[] = {2, 4};
    char problem[PCAP_ERRBUF_SIZE];
    memcpy(&header[1], version, sizeof(version));
    FILE *file = fmemopen(header, sizeof(header), "r");
    pcap_t *pcap = file ? pcap_fopen_offline(file, problem) : NULL;
    if (pcap) {
        uint32_t datalink = (uint32_t)pcap_datalink(pcap);
        pcap_close(pcap); /* and file */
        return datalink;
    }
    if (file) {
        (void)fclose(file);
    }
    return link_type;
}

static void
read_options(const struct cw_blocks *b, const uint8_t *at, size_t len, struct interface *out)
{
    while (len >= 4) {
        uint16_t code = half(b, at), size = half(b, at + 2);
        size_t padded = ((size_t)size + 3) / 4 * 4;
        if (code == 0 || padded > len - 4) {
            return;
        }
        if (code == OPTION_TSRESOL && size == 1) {
            out->resolution = at[4];
        }
        if (code == OPTION_TSOFFSET && size == 8) {
            out->offset_s = (int64_t)quad(b, at + 4);
        }
        at += 4 + padded;
        len -= 4 + padded;
    }
}

static bool
is_usable(uint8_t resolution)
{
    return resolution & 0x80 ? resolution < 0x80 + 64 : resolution <= 2 * DECIMALS;
}

static bool
read_interface(struct cw_blocks *b, size_t len)
{
    if (len < 8) {
        return fail(b, "an interface description of %zu bytes", len);
    }
    if (b->n_interfaces == INTERFACES_MAX) {
        return fail(b, "more than %d interfaces", INTERFACES_MAX);
    }
    if (b->n_interfaces == b->interfaces_room) {
        b->interfaces_room = b->interfaces_room ? b->interfaces_room * 2 : 8;
        b->interfaces = reallocarray(b->interfaces, b->interfaces_room, sizeof(*b->interfaces));
        if (!b->interfaces) {
            abort();
        }
    }
    struct interface in = {.snaplen = word(b, b->body + 4), .resolution = 6};
    in.link_type = datalink_of(half(b, b->body), in.snaplen);
    read_options(b, b->body + 8, len - 8, &in);
    if (!is_usable(in.resolution)) {
        return fail(b, "an interface whose if_tsresol is 0x%02x", in.resolution);
    }
    b->interfaces[b->n_interfaces++] = in;
    return true;
}

/* Seconds, and nanoseconds of the next one, of a count of ticks. */
static uint64_t
split_ticks(uint64_t ticks, uint8_t resolution, uint64_t *ns)
{
    if (resolution & 0x80) {
        enum { KEPT = 34 }; /* bits of a second that a product with NS leaves room for */

        unsigned bits = resolution & 0x7F;
        uint64_t part = ticks & ((UINT64_C(1) << bits) - 1);
        *ns = bits > KEPT ? (part >> (bits - KEPT)) * NS >> KEPT : part * NS >> bits;
        return ticks >> bits;
    }
    uint64_t second = 1, finer = 1;
    for (unsigned i = 0; i < resolution; i++) {
        second *= 10;
        finer *= i < DECIMALS ? 1 : 10;
    }
    uint64_t coarser = NS * finer / second; /* 1 or finer is 1 */
    *ns = ticks % second * coarser / finer;
    return ticks / second;
}

/* Times that do not fit stay at the border, as in capture.c. */
static int64_t
time_of(const struct interface *in, uint64_t ticks)
{
    uint64_t part;
    uint64_t whole = split_ticks(ticks, in->resolution, &part);
    int64_t s, ns;
    if (whole > INT64_MAX || __builtin_add_overflow((int64_t)whole, in->offset_s, &s) ||
        __builtin_mul_overflow(s, (int64_t)NS, &ns) ||
        __builtin_add_overflow(ns, (int64_t)part, &ns)) {
        return in->offset_s < 0 ? 0 : INT64_MAX;
    }
    return ns < 0 ? 0 : ns;
}

struct lengths {
    uint32_t interface, captured, wire;
    size_t at; /* of the bytes in the body */
    uint64_t ticks;
};

/* EPB and its forerunner differ in the width of the interface's number only. */
static bool
read_lengths(const struct cw_blocks *b, uint32_t type, size_t len, struct lengths *out)
{
    const uint8_t *at = b->body;
    if (type == SIMPLE_PACKET) {
        size_t have = len < 4 ? 0 : len - 4;
        *out = (struct lengths){.wire = len < 4 ? 0 : word(b, at), .at = 4};
        uint32_t snaplen = b->n_interfaces ? b->interfaces[0].snaplen : 0;
        size_t captured = out->wire < have ? out->wire : have;
        out->captured = (uint32_t)(snaplen && snaplen < captured ? snaplen : captured);
        return len >= 4;
    }
    if (len < 20) {
        return false;
    }
    *out = (struct lengths){
        .interface = type == OLD_PACKET ? half(b, at) : word(b, at),
        .ticks = (uint64_t)word(b, at + 4) << 32 | word(b, at + 8),
        .captured = word(b, at + 12),
        .wire = word(b, at + 16),
        .at = 20,
    };
    return out->captured <= len - 20;
}

static bool
read_packet(struct cw_blocks *b, uint32_t type, size_t len, struct camwatch_frame *out)
{
    struct lengths in;
    if (!read_lengths(b, type, len, &in)) {
        return fail(b, "a packet that does not fit its block of %zu bytes", len);
    }
    if (in.captured > FRAME_MAX) {
        return fail(b, "invalid packet capture length %u, bigger than maximum of %d",
                    in.captured, FRAME_MAX);
    }
    if (in.interface >= b->n_interfaces) {
        return fail(b, "a packet of interface %u, which no interface description precedes",
                    in.interface);
    }
    const struct interface *interface = &b->interfaces[in.interface];
    out->time_ns = type == SIMPLE_PACKET ? 0 : time_of(interface, in.ticks);
    out->bytes = b->body + in.at;
    out->captured = in.captured;
    out->wire_len = in.wire;
    out->link_type = interface->link_type;
    return true;
}

/* The next block's type, with its body unless it began a section. False: the end, or a fault. */
static bool
read_block(struct cw_blocks *b, uint32_t *type, size_t *len)
{
    uint8_t head[BLOCK_HEAD];
    int first = fgetc(b->file);
    if (first == EOF || ungetc(first, b->file) == EOF || !take(b, head, sizeof(head))) {
        return false;
    }
    *type = word(b, head);
    return *type == SECTION ? read_section(b, head + 4)
                            : take_body(b, word(b, head + 4), sizeof(head), len);
}

struct cw_blocks *
cw_blocks_open(FILE *file)
{
    int first = fgetc(file);
    if (first == EOF || ungetc(first, file) == EOF || first != (SECTION & 0xFF)) {
        return NULL;
    }
    struct cw_blocks *b = calloc(1, sizeof(*b));
    if (!b) {
        abort();
    }
    b->file = file;
    uint32_t type;
    size_t len;
    if (read_block(b, &type, &len) && type != SECTION) {
        (void)fail(b, "unknown file format");
    }
    return b;
}

bool
cw_blocks_next(struct cw_blocks *b, struct camwatch_frame *out)
{
    uint32_t type;
    size_t len = 0;
    while (read_block(b, &type, &len)) {
        if (type == PACKET || type == OLD_PACKET || type == SIMPLE_PACKET) {
            return read_packet(b, type, len, out);
        }
        if (type == INTERFACE && !read_interface(b, len)) {
            return false;
        }
    }
    return false;
}

const char *
cw_blocks_fault(const struct cw_blocks *b)
{
    return b->fault;
}

void
cw_blocks_close(struct cw_blocks *b)
{
    free(b->interfaces);
    free(b->body);
    free(b);
}
