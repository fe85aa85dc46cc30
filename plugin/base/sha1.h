/* SPDX-License-Identifier: Apache-2.0
 *
 * SHA-1 (FIPS 180-4 6.1). Only because Community ID v1 asks for it; not for anything secret.
 */
#ifndef CW_BASE_SHA1_H
#define CW_BASE_SHA1_H

#include "base/bytes.h"

#define CW_SHA1_LEN 20

/** Digest of a whole message. Pure; about 5 ns a byte. */
void cw_sha1(struct cw_bytes message, uint8_t digest[CW_SHA1_LEN]);

#endif
