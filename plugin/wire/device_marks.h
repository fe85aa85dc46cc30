/* SPDX-License-Identifier: Apache-2.0
 *
 * Marks that devices leave in HTTP and RTSP answers: server banners, digest realms and session
 * descriptions.
 */
#ifndef CW_WIRE_DEVICE_MARKS_H
#define CW_WIRE_DEVICE_MARKS_H

#include "wire/wire.h"

struct cw_device_mark {
    const char *text;
    const char *vendor;
    const char *maker; /* "" where the mark does not prove it */
};

/** The mark that a Server header starts with; NULL where none is known. Static storage.
 *  Source: protocols_seed_vendors.md 1.7, 2.10. */
const struct cw_device_mark *cw_device_server(struct cw_bytes server);

/**
 * Read a Digest or Basic challenge: "Login to X" is Dahua's, X a serial or a hash; twelve hex
 * digits are the MAC address that Hikvision and Uniview put there.
 *
 * @param challenge  value of WWW-Authenticate; only its realm is read
 * @return the mark when the realm is Dahua's, else NULL; a MAC is noted without one
 */
const struct cw_device_mark *cw_device_realm(struct cw_bytes challenge, struct cw_identity *id);

/**
 * The vendor whose form a session description (RFC 8866) has: two marks that stand only in what
 * the device itself writes, since who passes a stream on writes its own tracks. NULL where none
 * is known. Static storage. Source: descriptions published with the parsers of RTSP clients.
 */
const char *cw_device_sdp(struct cw_bytes sdp);

/** Note that a marked device speaks of itself. */
void cw_device_note(struct cw_wire_match *m, const struct cw_device_mark *mark);

#endif
