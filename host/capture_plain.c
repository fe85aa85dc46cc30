/* SPDX-License-Identifier: Apache-2.0
 *
 * The format: pcap-savefile(5). libpcap reads the file's header, so that link types and snap lengths mean
 * here what they mean everywhere.
 */
#define _GNU_SOURCE
#include "capture_plain.h"

#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

enum {
    FILE_HEADER = 24,
    RECORD_HEADER = 16,
    LONGEST = 262144, /* libpcap's MAXIMUM_SNAPLEN: more is a damaged file */
};

#define MICRO UINT32_C(0xa1b2c3d4) /* magic of files with such fractions */
#define NANO  UINT32_C(0xa1b23c4d)

struct cw_plain {
    struct cw_unpack *unpack;
    uint8_t *bytes;
    size_t start, end, buffer; /* what waits in bytes; size of one read */
    uint32_t link_type, snaplen;
    int64_t unit_ns; /* of a record's fraction */
    bool is_swapped;
    char fault[128];
};

static uint32_t
word(bool is_swapped, const uint8_t *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof(value));
    return is_swapped ? __builtin_bswap32(value) : value;
}

/* Version 2.4 in either byte order, with micro- or nanoseconds: all that was written for 25 years. */
static bool
read_magic(struct cw_plain *p, const uint8_t header[FILE_HEADER])
{
    uint32_t magic = word(false, header);
    p->is_swapped = magic != MICRO && magic != NANO;
    magic = word(p->is_swapped, header);
    p->unit_ns = magic == NANO ? 1 : 1000;
    uint16_t version[2];
    memcpy(version, header + 4, sizeof(version));
    uint16_t major = p->is_swapped ? __builtin_bswap16(version[0]) : version[0];
    uint16_t minor = p->is_swapped ? __builtin_bswap16(version[1]) : version[1];
    return (magic == MICRO || magic == NANO) && major == 2 && minor == 4;
}

/* What libpcap makes of the same header. */
static bool
ask_libpcap(struct cw_plain *p, uint8_t header[FILE_HEADER])
{
    char problem[PCAP_ERRBUF_SIZE];
    FILE *file = fmemopen(header, FILE_HEADER, "r");
    pcap_t *pcap = file ? pcap_fopen_offline(file, problem) : NULL;
    if (!pcap) {
        if (file) {
            (void)fclose(file);
        }
        return false;
    }
    p->link_type = (uint32_t)pcap_datalink(pcap);
    p->snaplen = (uint32_t)pcap_snapshot(pcap);
    pcap_close(pcap); /* and file */
    return true;
}

struct cw_plain *
cw_plain_open(struct cw_unpack *unpack, size_t buffer)
{
    struct cw_plain plain = {.unpack = unpack, .buffer = buffer};
    uint8_t header[FILE_HEADER];
    if (!cw_unpack_peek(unpack, header, sizeof(header)) || !read_magic(&plain, header) ||
        !ask_libpcap(&plain, header)) {
        return NULL;
    }
    struct cw_plain *p = malloc(sizeof(*p));
    plain.bytes = malloc(buffer + RECORD_HEADER + LONGEST);
    if (!p || !plain.bytes) {
        abort();
    }
    *p = plain;
    (void)cw_unpack_read(unpack, header, sizeof(header));
    return p;
}

void
cw_plain_close(struct cw_plain *p)
{
    free(p->bytes);
    free(p);
}

uint32_t
cw_plain_link_type(const struct cw_plain *p)
{
    return p->link_type;
}

const char *
cw_plain_fault(const struct cw_plain *p)
{
    return p->fault;
}

/* So many bytes wait at start, or as many as there are. */
static size_t
wait_for(struct cw_plain *p, size_t size)
{
    size_t n = p->end - p->start;
    if (n < size && p->start > 0) {
        memmove(p->bytes, p->bytes + p->start, n);
        p->start = 0;
        p->end = n;
    }
    while (n < size) {
        size_t more = cw_unpack_read(p->unpack, p->bytes + p->end, p->buffer);
        if (more == 0) {
            break;
        }
        p->end += more;
        n += more;
    }
    return n;
}

static bool
fail(struct cw_plain *p, const char *what, size_t wanted, size_t got)
{
    (void)snprintf(p->fault, sizeof(p->fault),
                   "truncated dump file; tried to read %zu %s bytes, only got %zu", wanted,
                   what, got);
    return false;
}

/* Times that do not fit stay at the border, as in capture.c. */
static int64_t
time_of(const struct cw_plain *p, const uint8_t *header)
{
    int64_t s = (int32_t)word(p->is_swapped, header);
    int64_t fraction = (int32_t)word(p->is_swapped, header + 4);
    int64_t ns = s * INT64_C(1000000000) + fraction * p->unit_ns;
    return ns < 0 ? 0 : ns;
}

bool
cw_plain_next(struct cw_plain *p, struct camwatch_frame *out)
{
    size_t n = wait_for(p, RECORD_HEADER);
    if (n < RECORD_HEADER) {
        return n > 0 && fail(p, "header", RECORD_HEADER, n);
    }
    uint32_t stored = word(p->is_swapped, p->bytes + p->start + 8);
    if (stored > LONGEST) {
        (void)snprintf(p->fault, sizeof(p->fault),
                       "invalid packet capture length %u, bigger than maximum of %d", stored,
                       LONGEST);
        return false;
    }
    n = wait_for(p, RECORD_HEADER + (size_t)stored);
    if (n < RECORD_HEADER + (size_t)stored) {
        return fail(p, "captured", stored, n - RECORD_HEADER);
    }
    const uint8_t *header = p->bytes + p->start;
    out->time_ns = time_of(p, header);
    out->bytes = header + RECORD_HEADER;
    out->captured = stored < p->snaplen ? stored : p->snaplen;
    out->wire_len = word(p->is_swapped, header + 12);
    p->start += RECORD_HEADER + (size_t)stored;
    return true;
}
