/* SPDX-License-Identifier: Apache-2.0
 *
 * CRC-32 (polynomial 0x04C11DB7, reflected), raw: start value and final inversion are the
 * caller's.
 */
#ifndef CW_WIRE_CRC32_H
#define CW_WIRE_CRC32_H

#include "base/bytes.h"

/** Go on from crc over the bytes. CRC-32 of zlib is ~cw_crc32(0xffffffff, bytes). About 3 ns
 *  a byte. */
uint32_t cw_crc32(uint32_t crc, struct cw_bytes in);

#endif
