/* SPDX-License-Identifier: Apache-2.0
 *
 * The "proprietary" cipher of the CS2 P2P library, which hides PPPP on some networks: a
 * keystream whose next byte depends on the previous cipher byte and on four bytes that a key
 * text is mashed into (corrections.md, last section; protocols_p2p.md 2). Keys are those that
 * public tools publish, or stand in the message itself; nothing is guessed or broken here.
 */
#ifndef CW_WIRE_CS2_CIPHER_H
#define CW_WIRE_CS2_CIPHER_H

#include "base/bytes.h"

struct cw_cs2_key {
    uint8_t k[4];
};

/** Mash a key text: sum, minus the sum, sum of thirds, XOR, each modulo 256. Pure. */
struct cw_cs2_key cw_cs2_key_of(struct cw_bytes text);

/** Decipher in.len bytes into out, which has room for them and may not overlap. O(n). */
void cw_cs2_decipher(const struct cw_cs2_key *key, struct cw_bytes in, uint8_t *out);

/** The keystream byte after cipher byte previous (0 before the first). */
uint8_t cw_cs2_keystream(const struct cw_cs2_key *key, uint8_t previous);

/** The value whose table entry is byte: the key byte plus the previous cipher byte. Inverse
 *  of T. */
uint8_t cw_cs2_invert(uint8_t byte);

#endif
