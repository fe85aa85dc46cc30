/* SPDX-License-Identifier: Apache-2.0
 *
 * One event as it lies in the spool: a head of 40 bytes in the machine's byte order, the payload,
 * and zeros up to a multiple of 8. Head and payload have a checksum each, so that damage in one
 * payload costs one record; the head also carries its own position and number, so that a record
 * found by scanning is known to belong there, and a gap in the numbers tells what is missing.
 */
#ifndef CW_SINK_SPOOL_RECORD_H
#define CW_SINK_SPOOL_RECORD_H

#include <stddef.h>
#include <stdint.h>

#define CW_SPOOL_HEAD_BYTES   40u
#define CW_SPOOL_PAYLOAD_MAX  (512u * 1024)
#define CW_SPOOL_RECORD_ALIGN 8u

struct cw_spool_record {
    uint64_t at;         /* position in the log */
    uint64_t number;     /* of the record in its log */
    uint16_t n_words;    /* words in the payload */
    uint16_t kind;       /* enum camwatch_event_kind */
    uint32_t len;        /* bytes of payload */
    const char *payload; /* borrowed */
};

/** Bytes that a record with such a payload takes. */
size_t cw_spool_record_size(size_t len);

/** Write head, payload and padding; out has room for cw_spool_record_size(record->len). */
void cw_spool_record_put(char *out, const struct cw_spool_record *record);

enum cw_spool_found {
    CW_SPOOL_WHOLE,  /* out is filled; its payload points into bytes */
    CW_SPOOL_TORN,   /* the head is good, but not all of the payload is there */
    CW_SPOOL_SPOILT, /* the head is good, the payload is not: out tells how far to skip */
    CW_SPOOL_NOTHING /* no head of a record for this position */
};

/** Look for the record of position at at the start of bytes. O(payload). */
enum cw_spool_found cw_spool_record_get(const char *bytes, size_t len, uint64_t at,
                                        struct cw_spool_record *out);

#endif
