/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "capture.h"

#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

#include "capture_blocks.h"
#include "capture_plain.h"
#include "stop.h"

struct cw_capture {
    const char *path;
    struct cw_unpack *unpack;
    struct cw_plain *plain; /* this, or the next, or pcap reads */
    struct cw_blocks *blocks;
    pcap_t *pcap;
    uint32_t file, link_type;
    uint64_t number;
    bool is_over;
    char fault[512];
};

/* What libpcap says where an operator needs to know more. */
static const char *
way_out(const char *problem)
{
    if (strstr(problem, "unknown file format")) {
        return " (neither pcap nor pcapng, nor one of them in gzip or Zstandard)";
    }
    if (strstr(problem, "file header bytes, only got 0")) {
        return ": the file is empty";
    }
    return "";
}

static bool
refuse(const struct cw_capture *c, const char *problem, struct camwatch_error *error)
{
    const char *fault = cw_unpack_fault(c->unpack);
    const char *text = fault[0] != '\0' ? fault : problem;
    (void)snprintf(error->text, sizeof(error->text), "%.200s: %.200s%s", c->path, text,
                   way_out(text));
    return false;
}

static bool
open_pcap(struct cw_capture *c, struct camwatch_error *error)
{
    char problem[PCAP_ERRBUF_SIZE] = "";
    c->pcap = pcap_fopen_offline_with_tstamp_precision(cw_unpack_file(c->unpack),
                                                       PCAP_TSTAMP_PRECISION_NANO, problem);
    if (!c->pcap) {
        (void)fclose(cw_unpack_file(c->unpack));
        return refuse(c, problem, error);
    }
    c->link_type = (uint32_t)pcap_datalink(c->pcap);
    return true;
}

static void
close_blocks(struct cw_capture *c)
{
    cw_blocks_close(c->blocks);
    (void)fclose(cw_unpack_file(c->unpack));
}

static bool
open_unpacked(struct cw_capture *c, size_t buffer, struct camwatch_error *error)
{
    c->plain = cw_plain_open(c->unpack, buffer);
    if (c->plain) {
        c->link_type = cw_plain_link_type(c->plain);
        return true;
    }
    c->blocks = cw_blocks_open(cw_unpack_file(c->unpack));
    if (!c->blocks) {
        return open_pcap(c, error);
    }
    if (cw_blocks_fault(c->blocks)[0] != '\0') {
        (void)refuse(c, cw_blocks_fault(c->blocks), error);
        close_blocks(c);
        return false;
    }
    return true;
}

struct cw_capture *
cw_capture_open(const char *path, uint32_t file, size_t buffer, const struct cw_idle *idle,
                struct camwatch_error *error)
{
    struct camwatch_error why = {""};
    struct cw_unpack *unpack = cw_unpack_open(path, buffer, idle, &why);
    if (!unpack) {
        (void)snprintf(error->text, sizeof(error->text), "%.300s: %.200s", path, why.text);
        return NULL;
    }
    struct cw_capture *capture = calloc(1, sizeof(*capture));
    if (!capture) {
        abort();
    }
    *capture = (struct cw_capture){.path = path, .unpack = unpack, .file = file};
    if (!open_unpacked(capture, buffer, error)) {
        cw_unpack_free(unpack);
        free(capture);
        return NULL;
    }
    return capture;
}

/* Times that do not fit stay at the border: a hostile pcapng has 64 bits of them. */
static int64_t
time_of(const struct pcap_pkthdr *header)
{
    int64_t ns;
    if (__builtin_mul_overflow((int64_t)header->ts.tv_sec, INT64_C(1000000000), &ns) ||
        __builtin_add_overflow(ns, (int64_t)header->ts.tv_usec, &ns)) {
        return header->ts.tv_sec < 0 ? 0 : INT64_MAX;
    }
    return ns < 0 ? 0 : ns;
}

static const char *
problem_of(const struct cw_capture *c)
{
    if (c->plain) {
        return cw_plain_fault(c->plain);
    }
    return c->blocks ? cw_blocks_fault(c->blocks) : pcap_geterr(c->pcap);
}

static void
end(struct cw_capture *c, int status)
{
    const char *unpack_fault = cw_unpack_fault(c->unpack);
    const char *problem = unpack_fault;
    c->is_over = true;
    if (problem[0] == '\0' && status == PCAP_ERROR && !cw_stop_is_asked()) {
        problem = problem_of(c);
    }
    if (problem[0] != '\0') {
        (void)snprintf(c->fault, sizeof(c->fault), "%.120s: packet %llu: %.120s%s", c->path,
                       (unsigned long long)c->number + 1, problem, way_out(problem));
    }
}

static int
next_of_pcap(struct cw_capture *c, struct camwatch_frame *out)
{
    struct pcap_pkthdr *header;
    const u_char *bytes;
    int status = pcap_next_ex(c->pcap, &header, &bytes);
    if (status == 1) {
        out->time_ns = time_of(header);
        out->bytes = bytes;
        out->captured = header->caplen;
        out->wire_len = header->len;
    }
    return status;
}

/* As pcap_next_ex() returns. */
static int
next_of(struct cw_capture *c, struct camwatch_frame *out)
{
    if (c->plain) {
        return cw_plain_next(c->plain, out) ? 1 : PCAP_ERROR;
    }
    if (!c->blocks) {
        return next_of_pcap(c, out);
    }
    if (!cw_blocks_next(c->blocks, out)) {
        return PCAP_ERROR;
    }
    c->link_type = out->link_type; /* each interface has its own */
    return 1;
}

bool
cw_capture_next(struct cw_capture *c, struct camwatch_frame *out)
{
    if (c->is_over) {
        return false;
    }
    int status = next_of(c, out);
    if (status != 1) {
        end(c, status);
        return false;
    }
    out->link_type = c->link_type;
    out->file = c->file;
    out->interface = 0;
    out->number = ++c->number;
    return true;
}

const char *
cw_capture_fault(const struct cw_capture *c)
{
    return c->fault;
}

int
cw_capture_link_type(const struct cw_capture *c)
{
    return (int)c->link_type;
}

uint64_t
cw_capture_taken(const struct cw_capture *c)
{
    return cw_unpack_taken(c->unpack);
}

void
cw_capture_close(struct cw_capture *c)
{
    if (c->plain) {
        cw_plain_close(c->plain);
        (void)fclose(cw_unpack_file(c->unpack));
    } else if (c->blocks) {
        close_blocks(c);
    } else {
        pcap_close(c->pcap); /* closes the stream too */
    }
    cw_unpack_free(c->unpack);
    free(c);
}

bool
cw_capture_is_one(const char *path)
{
    /* pcap in both byte orders with micro- and nanoseconds, its "modified" form, and pcapng */
    static const uint8_t magic[][4] = {
        {0xa1, 0xb2, 0xc3, 0xd4}, {0xd4, 0xc3, 0xb2, 0xa1}, {0xa1, 0xb2, 0x3c, 0x4d},
        {0x4d, 0x3c, 0xb2, 0xa1}, {0xa1, 0xb2, 0xcd, 0x34}, {0x34, 0xcd, 0xb2, 0xa1},
        {0x0a, 0x0d, 0x0d, 0x0a},
    };
    struct camwatch_error error;
    uint8_t first[4] = {0};
    struct cw_unpack *unpack = cw_unpack_open(path, sizeof(first), NULL, &error);
    if (!unpack) {
        return false;
    }
    size_t n = fread(first, 1, sizeof(first), cw_unpack_file(unpack));
    (void)fclose(cw_unpack_file(unpack));
    cw_unpack_free(unpack);
    for (size_t i = 0; n == sizeof(first) && i < sizeof(magic) / sizeof(magic[0]); i++) {
        if (memcmp(first, magic[i], sizeof(first)) == 0) {
            return true;
        }
    }
    return false;
}
