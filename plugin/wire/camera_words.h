/* SPDX-License-Identifier: Apache-2.0
 *
 * Does a text that a device says of itself call it a camera (camera_words.def, and model
 * families)?
 */
#ifndef CW_WIRE_CAMERA_WORDS_H
#define CW_WIRE_CAMERA_WORDS_H

#include "base/bytes.h"

/** enum camwatch_device_kind, or CAMWATCH_KIND_UNKNOWN where the text says nothing of the sort.
 *  One pass over the text for each word. */
uint8_t cw_camera_kind(struct cw_bytes text);

/** The first camera model of a known family in the text ("DCS-935L"), borrowed; empty where
 *  none. */
struct cw_bytes cw_camera_model(struct cw_bytes text);

#endif
