/* SPDX-License-Identifier: Apache-2.0
 *
 * Frames into a classic pcap file.
 */
#include <stdio.h>
#include <stdlib.h>

#include "frame.h"

enum {
    BUFFER = 1 << 20,
    START_S = 1700000000, /* of the first packet, so that a capture is the same each time */
};

struct capture_out {
    FILE *file;
    const char *path;
    uint64_t packets;
};

static void
write_all(struct capture_out *out, const void *bytes, size_t len)
{
    if (fwrite(bytes, 1, len, out->file) != len) {
        perror(out->path);
        exit(1);
    }
}

struct capture_out *
capture_out_open(const char *path)
{
    struct capture_out *out = calloc(1, sizeof(*out));
    if (!out || !(out->file = fopen(path, "wb"))) {
        perror(path);
        exit(1);
    }
    out->path = path;
    (void)setvbuf(out->file, NULL, _IOFBF, BUFFER);
    const uint32_t header[6] = {0xa1b2c3d4, 2 | 4 << 16, 0, 0, 262144, 1 /* Ethernet */};
    write_all(out, header, sizeof(header));
    return out;
}

void
capture_out_write(struct capture_out *out, uint64_t time_us, const uint8_t *bytes,
                  size_t captured, size_t wire_len)
{
    const uint32_t header[4] = {
        (uint32_t)(START_S + time_us / 1000000),
        (uint32_t)(time_us % 1000000),
        (uint32_t)captured,
        (uint32_t)wire_len,
    };
    write_all(out, header, sizeof(header));
    write_all(out, bytes, captured);
    out->packets++;
}

uint64_t
capture_out_close(struct capture_out *out)
{
    uint64_t packets = out->packets;
    if (fclose(out->file) != 0) {
        perror(out->path);
        exit(1);
    }
    free(out);
    return packets;
}
