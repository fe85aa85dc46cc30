/* SPDX-License-Identifier: Apache-2.0
 *
 * A file or standard input as a stdio stream, unpacked on the way when its first bytes are
 * those of gzip (RFC 1952) or Zstandard (RFC 8878). Members and frames behind each other are
 * one stream.
 */
#ifndef HOST_UNPACK_H
#define HOST_UNPACK_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "camwatch/status.h"

struct cw_unpack;

/** Called before a read that would wait: what is buffered elsewhere should go out now. */
struct cw_idle {
    void (*call)(void *user); /* NULL: none */
    void *user;
};

/**
 * @param path    "-" is standard input, which is not closed
 * @param buffer  bytes of the stream's buffer
 * @param idle    borrowed until cw_unpack_free; may be NULL
 * @return NULL: error->text says why, without the path. Given, free with cw_unpack_free.
 */
struct cw_unpack *cw_unpack_open(const char *path, size_t buffer, const struct cw_idle *idle,
                                 struct camwatch_error *error);

/** Once; given: fclose() it, before cw_unpack_free. */
FILE *cw_unpack_file(struct cw_unpack *unpack);

/** The first bytes of a file that is not packed, and stay there. False: packed, or not so many yet. */
bool cw_unpack_peek(const struct cw_unpack *unpack, void *to, size_t size);

/** Instead of the stream: at most size bytes of what is unpacked; 0 at the end or at a fault. */
size_t cw_unpack_read(struct cw_unpack *unpack, void *to, size_t size);

/** Why the stream ended before its end ("the gzip data ends in the middle", ...); "" if it did
 *  not. */
const char *cw_unpack_fault(const struct cw_unpack *unpack);

/** Bytes read from the file, packed. */
uint64_t cw_unpack_taken(const struct cw_unpack *unpack);

void cw_unpack_free(struct cw_unpack *unpack);

#endif
