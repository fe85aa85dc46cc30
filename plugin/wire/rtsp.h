/* SPDX-License-Identifier: Apache-2.0
 *
 * RTSP, also where it runs inside a tunnel.
 */
#ifndef CW_WIRE_RTSP_H
#define CW_WIRE_RTSP_H

#include "wire/wire.h"

/** Test of the RTSP signature. */
bool cw_rtsp_test(const struct cw_wire_input *in, struct cw_wire_match *out);

#endif
