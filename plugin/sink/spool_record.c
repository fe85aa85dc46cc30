/* SPDX-License-Identifier: Apache-2.0 */
#include "sink/spool_record.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "base/hash.h"

#define MAGIC UINT32_C(0x32536d63) /* "cmS2" in little-endian memory */

/* The layout on disk. */
struct head {
    uint32_t magic;
    uint32_t len;
    uint64_t at, number;
    uint16_t n_words, kind;
    uint32_t payload_check;
    uint64_t head_check; /* over everything before it */
};

_Static_assert(sizeof(struct head) == CW_SPOOL_HEAD_BYTES, "no padding in the head");

/* Against accidents, not against forgers: the key need not be secret. */
static const struct cw_hash_key KEY = {0x63616d7761746368, 0x73706f6f6c};

static uint64_t
check_head(const struct head *head)
{
    return cw_hash(KEY, head, offsetof(struct head, head_check));
}

static uint32_t
check_payload(const char *payload, size_t len)
{
    return (uint32_t)cw_hash_quick(KEY, payload, len);
}

size_t
cw_spool_record_size(size_t len)
{
    size_t sum = CW_SPOOL_HEAD_BYTES + len;
    return (sum + CW_SPOOL_RECORD_ALIGN - 1) / CW_SPOOL_RECORD_ALIGN * CW_SPOOL_RECORD_ALIGN;
}

void
cw_spool_record_put(char *out, const struct cw_spool_record *record)
{
    assert(record->len <= CW_SPOOL_PAYLOAD_MAX);
    struct head head = {
        .magic = MAGIC,
        .len = record->len,
        .at = record->at,
        .number = record->number,
        .n_words = record->n_words,
        .kind = record->kind,
        .payload_check = check_payload(record->payload, record->len),
    };
    head.head_check = check_head(&head);
    memcpy(out, &head, sizeof(head));
    memcpy(out + sizeof(head), record->payload, record->len);
    size_t used = sizeof(head) + record->len;
    memset(out + used, 0, cw_spool_record_size(record->len) - used);
}

enum cw_spool_found
cw_spool_record_get(const char *bytes, size_t len, uint64_t at, struct cw_spool_record *out)
{
    struct head head;
    if (len < sizeof(head)) {
        return CW_SPOOL_NOTHING;
    }
    memcpy(&head, bytes, sizeof(head));
    if (head.magic != MAGIC || head.at != at || head.len > CW_SPOOL_PAYLOAD_MAX ||
        head.head_check != check_head(&head)) {
        return CW_SPOOL_NOTHING;
    }
    *out = (struct cw_spool_record){
        .at = at,
        .number = head.number,
        .n_words = head.n_words,
        .kind = head.kind,
        .len = head.len,
        .payload = bytes + sizeof(head),
    };
    if (len < cw_spool_record_size(head.len)) {
        return CW_SPOOL_TORN;
    }
    bool is_good = head.payload_check == check_payload(out->payload, head.len);
    return is_good ? CW_SPOOL_WHOLE : CW_SPOOL_SPOILT;
}
