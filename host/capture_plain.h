/* SPDX-License-Identifier: Apache-2.0
 *
 * Records of a plain pcap file where they lie in the buffer that was read into: libpcap goes through stdio
 * and copies each of them once more. pcapng is capture_blocks.c's, everything else (packed, old and odd
 * forms) libpcap's.
 */
#ifndef HOST_CAPTURE_PLAIN_H
#define HOST_CAPTURE_PLAIN_H

#include "camwatch/monitor.h"
#include "unpack.h"

struct cw_plain;

/**
 * @param unpack  just opened; borrowed until close
 * @param buffer  bytes of one read
 * @return NULL: not for us, and nothing was read from unpack. Given, close with cw_plain_close.
 */
struct cw_plain *cw_plain_open(struct cw_unpack *unpack, size_t buffer);
void cw_plain_close(struct cw_plain *plain);

uint32_t cw_plain_link_type(const struct cw_plain *plain);

/** The next record; fills time, bytes and lengths. Bytes are borrowed until the next call. False at the
 *  end, or at a fault. */
bool cw_plain_next(struct cw_plain *plain, struct camwatch_frame *out);

/** What is wrong with the file, as libpcap words it; "" nothing. */
const char *cw_plain_fault(const struct cw_plain *plain);

#endif
