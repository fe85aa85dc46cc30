/* SPDX-License-Identifier: Apache-2.0
 *
 * What the fuzz targets share. A target is one file with LLVMFuzzerTestOneInput; linked with
 * libFuzzer it searches, linked with driver.c it goes through given files. Inputs that hold
 * several messages are pieces: length BE16, then so many bytes or what is left.
 */
#ifndef CW_TESTS_FUZZ_H
#define CW_TESTS_FUZZ_H

#include <stdlib.h>

#include "base/cursor.h"
#include "camwatch/rules.h"
#include "model/frame.h"
#include "wire/wire.h"

/* What must hold, in every build. */
#define FUZZ_DEMAND(condition)                                                                 \
    do {                                                                                       \
        if (!(condition)) {                                                                    \
            abort();                                                                           \
        }                                                                                      \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** The next piece in memory of exactly its size, so that one byte over is seen; good until the
 *  next call. False at the end, and after 1024 pieces of one input. */
bool fuzz_piece(struct cw_cursor *in, struct cw_bytes *out);

/** Overwrite parts of a block: each offset BE24 (modulo the size), length 8, bytes. */
void fuzz_patch(struct cw_bytes patches, uint8_t *block, size_t size);

/** A file of these contents in a folder of this process; its path, borrowed until the next call. */
const char *fuzz_file(const void *bytes, size_t size);

/** The compiled rules of tests/fuzz/rules; borrowed, loaded once. */
const struct camwatch_rules *fuzz_rules(void);

/** One of the link types that decode/ knows, or another. */
uint32_t fuzz_link_type(uint8_t byte);

/** A message for the signatures: flags, source port, destination port, cut; then its bytes. */
struct cw_wire_input fuzz_wire_input(struct cw_bytes in);

/** Demand that a match that a test gave holds only values in their ranges and ended texts. */
void fuzz_check_match(const struct cw_wire_match *match);

#endif
