/* SPDX-License-Identifier: Apache-2.0
 *
 * What a device says in clear of itself, or of another. Never a credential, a token or a key: a
 * parser that meets one skips it by name. Fixed arrays; "" and zero mean not said. Placeholders
 * (serial all zeros, "N/A", FF...) are refused by the parser and stay "".
 */
#ifndef CW_MODEL_IDENTITY_H
#define CW_MODEL_IDENTITY_H

#include "base/addr.h"
#include "camwatch/terms.h"

struct cw_identity {
    uint8_t origin;       /* enum camwatch_origin: SELF, or CLAIMED of another device */
    uint8_t kind;         /* enum camwatch_device_kind */
    bool is_surveillance; /* proves a surveillance device, also where kind is UNKNOWN */
    char brand[32];
    char maker[48];
    char model[48];
    char serial[48];
    char uid[32]; /* P2P identifier: can open a camera; masked wherever it is shown */
    char firmware[48];
    char name[64];
    struct cw_mac mac;   /* in the payload, not of the frame */
    struct cw_addr addr; /* in the payload: claimed, never the key of a device */
};

#endif
