/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CW_BENCH_PROFILES_H
#define CW_BENCH_PROFILES_H

#include "frame.h"

/** Few conversations, many and large packets: video over RTP, RTSP and PPPP, and bulk transfer. */
void profile_elephants(struct capture_out *out, uint64_t packets);

/** Every packet a new flow: SYNs and small datagrams from all over. */
void profile_flood(struct capture_out *out, uint64_t packets);

/** 1,000 cameras that ask for their clouds, register, keep alive, stream to relays and viewers. */
void profile_cameras(struct capture_out *out, uint64_t packets);

/** DNS queries and answers, a new socket each. */
void profile_dns(struct capture_out *out, uint64_t packets);

#endif
