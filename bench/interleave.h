/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CW_BENCH_INTERLEAVE_H
#define CW_BENCH_INTERLEAVE_H

#include <stdint.h>

#include "frame.h"

/**
 * Copies of captures, each with its own addresses, started at different times and merged by time,
 * until the output has about so many packets (whole copies of all captures). Captures longer than
 * two minutes are squeezed into them. Link types other than Ethernet and raw IP are left out.
 *
 * @param paths  what to read, n of them; files that libpcap refuses are named and left out
 */
void interleave(struct capture_out *out, char *const *paths, int n, uint64_t packets);

#endif
