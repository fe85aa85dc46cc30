/* SPDX-License-Identifier: Apache-2.0
 *
 * What a parser of the start of a stream (tls.h, http.h) says of the bytes so far.
 */
#ifndef CW_INSPECT_START_H
#define CW_INSPECT_START_H

enum cw_start {
    CW_START_OTHER, /* another protocol: more bytes will not change that */
    CW_START_MORE,  /* so far it fits; the result holds what the bytes so far show */
    CW_START_FOUND, /* the result is whole */
};

#endif
