/* SPDX-License-Identifier: Apache-2.0
 *
 * The keyless scrambling of TUTK IOTC messages ("Charlie", protocols_p2p.md 1): word rotations,
 * a byte permutation and a fixed text, block by block of 16 bytes. No secret is involved.
 */
#ifndef CW_WIRE_TUTK_CIPHER_H
#define CW_WIRE_TUTK_CIPHER_H

#include "base/bytes.h"

#define CW_TUTK_BLOCK 16

/** De-scramble in.len bytes into out, which has room for them: whole blocks, then the tail.
 *  Pass a cut message by whole blocks only, for a tail is scrambled by its own length. O(n). */
void cw_tutk_descramble(struct cw_bytes in, uint8_t *out);

/** The first four plain bytes of a block as one big-endian number: a cheap look before the rest.
 *  0 for less than a block. */
uint32_t cw_tutk_peek(struct cw_bytes in);

#endif
