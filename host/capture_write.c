/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture.h"

enum { SNAP_LENGTH = 262144 };

struct cw_writer {
    pcap_t *pcap;
    pcap_dumper_t *dumper;
};

static FILE *
create(const char *path, bool may_replace, struct camwatch_error *error)
{
    int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (may_replace ? O_TRUNC : O_EXCL);
    int fd = open(path, flags, 0640);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (file) {
        return file;
    }
    const char *more = errno == EEXIST ? " (--force replaces it)" : "";
    (void)snprintf(error->text, sizeof(error->text), "%.300s: %s%s", path, strerror(errno),
                   more);
    if (fd >= 0) {
        (void)close(fd);
    }
    return NULL;
}

struct cw_writer *
cw_writer_new(const char *path, uint32_t link_type, bool may_replace,
              struct camwatch_error *error)
{
    FILE *file = create(path, may_replace, error);
    if (!file) {
        return NULL;
    }
    struct cw_writer *writer = calloc(1, sizeof(*writer));
    if (!writer) {
        abort();
    }
    writer->pcap = pcap_open_dead_with_tstamp_precision((int)link_type, SNAP_LENGTH,
                                                        PCAP_TSTAMP_PRECISION_NANO);
    writer->dumper = writer->pcap ? pcap_dump_fopen(writer->pcap, file) : NULL;
    if (!writer->dumper) {
        (void)snprintf(error->text, sizeof(error->text), "%.300s: %.100s", path,
                       writer->pcap ? pcap_geterr(writer->pcap) : "out of memory");
        if (writer->pcap) {
            pcap_close(writer->pcap);
        }
        (void)fclose(file);
        free(writer);
        return NULL;
    }
    return writer;
}

void
cw_writer_put(struct cw_writer *writer, const struct camwatch_frame *frame)
{
    struct pcap_pkthdr header = {.caplen = frame->captured, .len = frame->wire_len};
    header.ts.tv_sec = frame->time_ns / 1000000000;
    header.ts.tv_usec = frame->time_ns % 1000000000;
    pcap_dump((u_char *)writer->dumper, &header, frame->bytes);
}

bool
cw_writer_close(struct cw_writer *writer)
{
    bool is_whole =
        pcap_dump_flush(writer->dumper) == 0 && !ferror(pcap_dump_file(writer->dumper));
    pcap_dump_close(writer->dumper);
    pcap_close(writer->pcap);
    free(writer);
    return is_whole;
}
