/* SPDX-License-Identifier: Apache-2.0
 *
 * Where bench/talk.c's frames go in the long runs: out of an interface at a rate, or into a pcap stream.
 * Implements capture_out_* of bench/frame.h; the path is "-" for a stream on standard output, else an
 * interface.
 */
#ifndef SOAK_WIRE_OUT_H
#define SOAK_WIRE_OUT_H

#include "frame.h"

/** Frames a second out of an interface; 0 (default): as fast as it goes. Before the first frame. */
void wire_out_set_rate(struct capture_out *out, uint64_t rate);

/** Frames so far. */
uint64_t wire_out_count(const struct capture_out *out);

/** What waits goes out now. */
void wire_out_flush(struct capture_out *out);

#endif
