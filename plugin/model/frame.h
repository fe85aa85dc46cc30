/* SPDX-License-Identifier: Apache-2.0
 *
 * One captured frame as the host hands it over. Borrowed: good until the call returns.
 */
#ifndef CW_MODEL_FRAME_H
#define CW_MODEL_FRAME_H

#include <stdint.h>

#include "base/bytes.h"

struct cw_frame {
    int64_t time_ns;       /* since the epoch, the packet's own time */
    struct cw_bytes bytes; /* captured part */
    uint32_t wire_len;     /* length on the wire; >= bytes.len */
    uint32_t link_type;    /* DLT_ value (the host's, as pcap_datalink gives it) */
    uint32_t file;         /* replay: index of the capture file, from 1; live: 0 */
    uint32_t interface;    /* live: index of the interface, from 0 */
    uint64_t number;       /* replay: frame number in its file, from 1; live: 0 */
};

#endif
