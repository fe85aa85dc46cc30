/* SPDX-License-Identifier: Apache-2.0
 *
 * A filter is compiled once a link type, when its first frame comes: captures of different link
 * types may be replayed together. It is asked here and not set on the handle, so that frames
 * keep the numbers that Wireshark shows.
 */
#define _GNU_SOURCE
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

#include "capture.h"

enum { MAX_LINK_TYPES = 16, SNAP_LENGTH = 262144 };

struct cw_filter {
    char *text;
    size_t n;

    struct {
        uint32_t link_type;
        bool is_good; /* else the filter has no meaning there: "ether host" on raw IP */
        struct bpf_program program;
    } rows[MAX_LINK_TYPES];
};

static bool
compile(const char *text, uint32_t link_type, struct bpf_program *out,
        struct camwatch_error *error)
{
    pcap_t *dead = pcap_open_dead((int)link_type, SNAP_LENGTH);
    if (!dead) {
        return false;
    }
    bool is_good = pcap_compile(dead, out, text, 1, PCAP_NETMASK_UNKNOWN) == 0;
    if (!is_good && error) {
        (void)snprintf(error->text, sizeof(error->text), "%.300s", pcap_geterr(dead));
    }
    pcap_close(dead);
    return is_good;
}

struct cw_filter *
cw_filter_new(const char *text, struct camwatch_error *error)
{
    struct cw_filter *filter = calloc(1, sizeof(*filter));
    if (!filter || !(filter->text = strdup(text))) {
        abort();
    }
    filter->rows[0].link_type = DLT_EN10MB;
    filter->rows[0].is_good = compile(text, DLT_EN10MB, &filter->rows[0].program, error);
    if (!filter->rows[0].is_good) {
        cw_filter_free(filter);
        return NULL;
    }
    filter->n = 1;
    return filter;
}

bool
cw_filter_passes(struct cw_filter *filter, const struct camwatch_frame *frame)
{
    struct pcap_pkthdr header = {.caplen = frame->captured, .len = frame->wire_len};
    size_t i = 0;
    while (i < filter->n && filter->rows[i].link_type != frame->link_type) {
        i++;
    }
    if (i == MAX_LINK_TYPES) {
        return false;
    }
    if (i == filter->n) {
        filter->rows[i].link_type = frame->link_type;
        filter->rows[i].is_good =
            compile(filter->text, frame->link_type, &filter->rows[i].program, NULL);
        filter->n++;
    }
    return filter->rows[i].is_good &&
           pcap_offline_filter(&filter->rows[i].program, &header, frame->bytes) != 0;
}

void
cw_filter_free(struct cw_filter *filter)
{
    for (size_t i = 0; filter && i < filter->n; i++) {
        if (filter->rows[i].is_good) {
            pcap_freecode(&filter->rows[i].program);
        }
    }
    if (filter) {
        free(filter->text);
    }
    free(filter);
}
