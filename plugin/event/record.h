/* SPDX-License-Identifier: Apache-2.0
 *
 * A record on its way through the ring: its size, and the check that the reader makes of its own
 * copy.
 */
#ifndef CW_EVENT_RECORD_H
#define CW_EVENT_RECORD_H

#include <stdbool.h>

#include "model/record.h"

/** Room for any record; the reader's own. */
union cw_record_any {
    struct cw_record head;
    struct cw_record_flow flow;
    struct cw_record_device device;
    struct cw_record_stats stats;
    struct cw_record_alert alert;
    uint8_t bytes[CW_RECORD_MAX];
};

/** Bytes that a record takes: evidence of a flow that is not there need not travel. A multiple of
 *  8; 0 for an unknown type or too many pieces. */
uint32_t cw_record_size(unsigned type, unsigned n_evidence);

/**
 * Accept a copy of a record that an untrusted writer made: version, type, size, number of pieces
 * of evidence and kind must be right. Times are bounded (base/time.h), texts are cut at the end of
 * their arrays, and what lies behind the record's size becomes zero.
 *
 * @return false: not to be used; its contents are then undefined
 */
bool cw_record_accept(union cw_record_any *record);

#endif
