/* SPDX-License-Identifier: Apache-2.0
 *
 * What a message says, written into a match: facts in clear, placeholders refused
 * (corrections.md 2).
 */
#ifndef CW_WIRE_SAID_H
#define CW_WIRE_SAID_H

#include "wire/wire.h"

/** No value but a filler: nothing, all zeros, all F, "N/A", "null", "none", "unknown". */
bool cw_said_is_filler(struct cw_bytes text);

/** Copy into a field of an identity, unless it is a filler. */
void cw_said_text(char *out, size_t size, struct cw_bytes text);

/** A MAC address of a device: 12 hex digits, also with ':' or '-'; not zero, group or
 * broadcast. */
void cw_said_mac(struct cw_mac *out, struct cw_bytes text);

/** An IP address as text; 0.0.0.0 says nothing. */
void cw_said_addr(struct cw_addr *out, struct cw_bytes text);

/** The same, or as Xiongmai writes it (protocols_p2p.md 3): "0x0A01A8C0", the bytes as one
 * little-endian number, is 192.168.1.10. Network 0 is nobody's. */
void cw_said_addr_hex(struct cw_addr *out, struct cw_bytes text);

/** Add "192.0.2.1:8802" to the candidates when it is whole and there is room. */
void cw_said_candidate(struct cw_wire_match *m, struct cw_bytes text);

/** Phase, sender and the phrase for a person, in one call. */
void cw_said_message(struct cw_wire_match *m, enum cw_wire_phase phase,
                     enum cw_wire_sender sender, const char *detail);

/** The sender is a surveillance device and speaks of itself. */
void cw_said_device(struct cw_wire_match *m);

/** Somebody names a surveillance device that is not the sender. */
void cw_said_other(struct cw_wire_match *m);

#define CW_SAID(field, text) cw_said_text((field), sizeof(field), (text))

#endif
