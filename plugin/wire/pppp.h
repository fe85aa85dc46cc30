/* SPDX-License-Identifier: Apache-2.0
 *
 * One PPPP message in clear, however it travelled: plain over UDP, enciphered with a known key,
 * or over TCP with the key in the header (protocols_p2p.md 2, corrections.md 1 and 4).
 */
#ifndef CW_WIRE_PPPP_H
#define CW_WIRE_PPPP_H

#include "wire/wire.h"

#define CW_PPPP_NAME "PPPP (CS2/iLnk)"

/* What a name of pppp_brands.def is. */
enum cw_pppp_word {
    CW_PPPP_NOBODY,
    CW_PPPP_BRAND,
    CW_PPPP_PLATFORM,
    CW_PPPP_PROGRAM,
};

/**
 * Read one message: F1, type, BE16 payload length, payload. Fills the match: phase, sender, UID
 * of the camera spoken of, introduced addresses, brand hint; a well-formed DID makes it enough
 * alone.
 *
 * @param msg   the message, deciphered; may be cut
 * @param size  whole size of the message, from the datagram or the stream's length field
 * @param src_port  a PUNCH_PKT out of the LAN search port is a device's answer; 0 where
 *                  not told
 * @return false, out as it was, when the bytes are no PPPP message
 */
bool cw_pppp_read(struct cw_bytes msg, uint32_t size, uint16_t src_port,
                  struct cw_wire_match *out);

/** Is there a message of this type with a payload of size bytes? */
bool cw_pppp_is_form(unsigned type, uint32_t size);

#endif
