/* SPDX-License-Identifier: Apache-2.0
 *
 * Walks a capture with the least decoding that does (Ethernet, VLAN, raw IP, IPv4, IPv6 without
 * extensions, UDP, TCP segments) and hands each payload to cw_wire_inspect with the state of
 * its flow.
 */
#ifndef CW_TEST_WIRE_WALK_H
#define CW_TEST_WIRE_WALK_H

#include "wire/wire.h"

struct walk_hit {
    unsigned frame;
    const struct cw_wire_input *in;
    const struct cw_wire_result *result; /* NULL: nothing matched (walk_payloads) */
};

typedef void (*walk_fn)(void *cookie, const struct walk_hit *hit);

/** Call fn for every match in a capture file. Gives the number of payloads, or -1 when the
 *  file does not open. Bounded memory; not thread-safe. */
long walk_capture(const char *path, walk_fn fn, void *cookie);

/** Call fn for every payload, also where nothing matched; experimental tries the signatures that
 *  are off by default too. Else as walk_capture. */
long walk_payloads(const char *path, bool experimental, walk_fn fn, void *cookie);

/** The folder of the captures (CAMWATCH_CAPTURES, else ../shared/pcaps beside the source),
 *  or NULL with a message where there is none. */
const char *walk_folder(void);

#endif
