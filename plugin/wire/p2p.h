/* SPDX-License-Identifier: Apache-2.0
 *
 * Small acts that the signatures of peer-to-peer platforms share: what the far end is in each
 * phase, and how a match takes an address, an identifier and a word for people. No state, no
 * allocation.
 */
#ifndef CW_WIRE_P2P_H
#define CW_WIRE_P2P_H

#include "wire/wire.h"

/** enum camwatch_role of the far end in a phase; CAMWATCH_ROLE_NONE where the phase does not
 *  tell. */
uint8_t cw_p2p_role(unsigned phase);

/** Set phase, the role that follows from it, sender and the word for people (copied, cut to
 *  fit). */
void cw_p2p_describe(struct cw_wire_match *out, unsigned phase, unsigned sender,
                     const char *detail);

/** Add an address that the message introduces; a full list, group, none and 0.0.0.0 are left
 *  out. */
void cw_p2p_candidate(struct cw_wire_match *out, const struct cw_addr *addr, uint16_t port);

/** The same of a server (CAMWATCH_PATH_CLOUD) or a relay (CAMWATCH_PATH_RELAY). */
void cw_p2p_server(struct cw_wire_match *out, const struct cw_addr *addr, uint16_t port,
                   enum camwatch_path path);

/**
 * Note the P2P identifier of whom the message speaks: SELF where the sender is the device, else
 * CLAIMED. Text is copied; what is not printable ASCII, or a filler (said.h), is refused.
 */
bool cw_p2p_uid(struct cw_wire_match *out, struct cw_bytes uid);

#endif
