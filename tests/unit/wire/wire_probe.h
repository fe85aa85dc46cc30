/* SPDX-License-Identifier: Apache-2.0
 *
 * What the tests of wire signatures share: messages from hexadecimal text, one call of a
 * signature as confirm.c makes it, every truncation in an exact-size allocation, and random
 * payloads.
 */
#ifndef CW_TEST_WIRE_PROBE_H
#define CW_TEST_WIRE_PROBE_H

#include "wire/wire.h"

/* cmocka wants these first */
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define PROBE_MAX 4096

struct probe_message {
    uint8_t bytes[PROBE_MAX];
    size_t len;
};

/** Bytes of hexadecimal text; blanks are skipped. Asserts on anything else. */
struct probe_message probe_hex(const char *text);

/** Bytes of a C string. */
struct probe_message probe_text(const char *text);

void probe_add(struct probe_message *m, const void *bytes, size_t len);
void probe_add_zeros(struct probe_message *m, size_t n);
void probe_put_be16(struct probe_message *m, size_t at, unsigned value);
void probe_put_le16(struct probe_message *m, size_t at, unsigned value);
void probe_put_be32(struct probe_message *m, size_t at, uint32_t value);
void probe_put_le32(struct probe_message *m, size_t at, uint32_t value);

/** An input of the whole message from 192.0.2.1:49152 to 198.51.100.1:49153, direction 0. */
struct cw_wire_input probe_udp(const struct probe_message *m);
struct cw_wire_input probe_tcp(const struct probe_message *m);

/** Call the signature as confirm.c does: least length, zeroed match. */
bool probe_test(const struct cw_wire_signature *s, const struct cw_wire_input *in,
                struct cw_wire_match *out);

/** Does the whole message match? */
bool probe_matches(const struct cw_wire_signature *s, const struct probe_message *m,
                   struct cw_wire_match *out);

/**
 * Every proper prefix, in an allocation of its exact size: once as a shorter message, once as
 * cut by the snap length. Gives the number of shorter messages that still matched.
 */
unsigned probe_truncations(const struct cw_wire_signature *s, const struct probe_message *m);

/** The same for an input with ports and flags of its own. */
unsigned probe_truncations_of(const struct cw_wire_signature *s,
                              const struct cw_wire_input *whole);

/** Deterministic noise. */
uint32_t probe_random(uint32_t *state);
void probe_noise(uint8_t *out, size_t len, uint32_t *state);

/** Is the signature confirmed after these messages, all of one flow, through
 *  cw_wire_inspect? */
struct probe_step {
    const struct probe_message *message;
    uint8_t direction;
};

bool probe_confirms(const struct cw_wire_signature *s, const struct probe_step *steps,
                    size_t n);

#endif
