/* SPDX-License-Identifier: Apache-2.0
 *
 * What a random payload must have right to look like a message of each signature: the sizes that the
 * format allows and its length field. Nothing else; the rest is noise.
 */
#ifndef CW_CHANCE_FORMATS_H
#define CW_CHANCE_FORMATS_H

#include <stddef.h>
#include <stdint.h>

#include "wire/wire.h"

#define CHANCE_SIZE_MAX 1460

struct chance_format {
    const char *signature;
    uint8_t transports;   /* enum cw_wire_transport bits */
    uint16_t sizes[24];   /* sizes of messages in bytes that occur; 0 ends */
    uint16_t least, most; /* and a range of them; 0, 0: none */
    uint16_t step;        /* of the range; 0 is 1 */
    /* Write the length field of a payload of size bytes; b has room for CHANCE_SIZE_MAX. It may
     * encipher the payload. NULL: the format has none (text, or fixed sizes). */
    void (*set_length)(uint8_t *b, uint32_t size, uint64_t noise);
};

/** Formats of a signature, one after another, from *at on; NULL after the last one. */
const struct chance_format *chance_next_format(const char *signature, unsigned transport,
                                               size_t *at);

/** Does a row of the formats name no signature of the table? Gives its name, or NULL. */
const char *chance_unknown_format(void);

#endif
