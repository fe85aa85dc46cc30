/* SPDX-License-Identifier: Apache-2.0
 *
 * Names of the Hikvision group, and what its model numbers say of the kind of device.
 */
#ifndef CW_WIRE_HIKVISION_WORDS_H
#define CW_WIRE_HIKVISION_WORDS_H

#include "wire/wire.h"

#define CW_HIKVISION_GROUP "Hikvision group"
#define CW_HIKVISION_MAKER "Hangzhou Hikvision Digital Technology"

/** Kind by the vendor's model numbering (DS-2CD camera, DS-7 recorder ...). False for what is
 * no surveillance device (DS-3 network switches); kind is UNKNOWN where the number tells
 * nothing. */
bool cw_hikvision_model(struct cw_bytes model, uint8_t *kind);

#endif
