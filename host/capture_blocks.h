/* SPDX-License-Identifier: Apache-2.0
 *
 * Packets of a pcapng file whose interfaces may differ in link type, snap length and clock, as they do where
 * Wireshark listened on several of them or mergecap joined captures: libpcap reads such a file as far as
 * they agree.
 */
#ifndef HOST_CAPTURE_BLOCKS_H
#define HOST_CAPTURE_BLOCKS_H

#include <stdio.h>

#include "camwatch/monitor.h"

struct cw_blocks;

/**
 * @param file  nothing was read from it; borrowed until close
 * @return NULL: it does not begin like pcapng, and nothing is lost of it. Given, close with
 *         cw_blocks_close; cw_blocks_fault says whether its section header can be read.
 */
struct cw_blocks *cw_blocks_open(FILE *file);
void cw_blocks_close(struct cw_blocks *blocks);

/** The next packet; fills time, bytes, lengths and the link type of its interface. Bytes are borrowed until
 *  the next call. False at the end, or at a fault. */
bool cw_blocks_next(struct cw_blocks *blocks, struct camwatch_frame *out);

/** What is wrong with the file; "" nothing. */
const char *cw_blocks_fault(const struct cw_blocks *blocks);

#endif
