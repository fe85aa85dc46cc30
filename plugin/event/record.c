/* SPDX-License-Identifier: Apache-2.0 */
#include "event/record.h"

#include <stddef.h>
#include <string.h>

#include "base/time.h"

uint32_t
cw_record_size(unsigned type, unsigned n_evidence)
{
    size_t evidence = n_evidence * sizeof(struct cw_record_evidence);
    if (n_evidence > CW_RECORD_EVIDENCE) {
        return 0;
    }
    switch (type) {
    case CW_RECORD_FLOW:
        return (uint32_t)(offsetof(struct cw_record_flow, evidence) + evidence);
    case CW_RECORD_DEVICE: /* rare: always whole */
        return (uint32_t)sizeof(struct cw_record_device);
    case CW_RECORD_STATS:
        return (uint32_t)sizeof(struct cw_record_stats);
    case CW_RECORD_ALERT:
        return (uint32_t)sizeof(struct cw_record_alert);
    default:
        return 0;
    }
}

_Static_assert(offsetof(struct cw_record_flow, evidence) % 8 == 0,
               "a short record is 8-aligned");
_Static_assert(sizeof(struct cw_record_evidence) % 8 == 0, "a short record is 8-aligned");

#define BOUND_TIME(time) ((time) = cw_time_bounded(time))
#define END_TEXT(array)  ((array)[sizeof(array) - 1] = '\0')

static void
end_evidence(struct cw_record_evidence *evidence, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        END_TEXT(evidence[i].rule);
        END_TEXT(evidence[i].seen);
        BOUND_TIME(evidence[i].time_ns);
    }
}

static void
end_verdict(struct cw_record_verdict *verdict)
{
    END_TEXT(verdict->vendor);
    END_TEXT(verdict->platform);
    END_TEXT(verdict->brand);
    END_TEXT(verdict->maker);
}

static bool
accept_flow(struct cw_record_flow *flow)
{
    BOUND_TIME(flow->first_ns);
    BOUND_TIME(flow->last_ns);
    END_TEXT(flow->domain);
    END_TEXT(flow->server_name);
    END_TEXT(flow->ja3);
    END_TEXT(flow->protocol);
    END_TEXT(flow->application);
    end_verdict(&flow->service);
    end_verdict(&flow->device);
    end_evidence(flow->evidence, flow->n_evidence);
    return flow->kind == CAMWATCH_EVENT_FLOW_CLASSIFIED ||
           flow->kind == CAMWATCH_EVENT_FLOW_UPDATE || flow->kind == CAMWATCH_EVENT_FLOW_END;
}

static bool
accept_device(struct cw_record_device *device)
{
    struct cw_identity *identity = &device->identity;
    uint8_t is_surveillance;
    memcpy(&is_surveillance, &identity->is_surveillance, 1);
    if (is_surveillance > 1) { /* no value of bool: reading it as one would be undefined */
        return false;
    }
    END_TEXT(identity->brand);
    END_TEXT(identity->maker);
    END_TEXT(identity->model);
    END_TEXT(identity->serial);
    END_TEXT(identity->uid);
    END_TEXT(identity->firmware);
    END_TEXT(identity->name);
    end_verdict(&device->device);
    end_evidence(device->evidence, device->n_evidence);
    for (size_t i = 0; i < CW_RECORD_EVIDENCE; i++) {
        END_TEXT(device->names[i].vendor);
        END_TEXT(device->names[i].platform);
        END_TEXT(device->names[i].brand);
        END_TEXT(device->names[i].maker);
    }
    return true;
}

static bool
accept_alert(struct cw_record_alert *alert)
{
    END_TEXT(alert->name);
    END_TEXT(alert->reason);
    return true;
}

static unsigned
count_evidence(const union cw_record_any *record)
{
    switch (record->head.type) {
    case CW_RECORD_FLOW:
        return record->flow.n_evidence;
    case CW_RECORD_DEVICE:
        return record->device.n_evidence;
    default:
        return 0;
    }
}

/* The size is one that cw_record_size() gives for the type and at least its pieces of evidence. */
static bool
has_right_size(const union cw_record_any *record)
{
    uint32_t size = record->head.size;
    uint32_t least = cw_record_size(record->head.type, 0);
    uint32_t most = cw_record_size(record->head.type, CW_RECORD_EVIDENCE);
    if (least == 0 || size < least || size > most || size % 8 != 0) {
        return false;
    }
    uint32_t needed = cw_record_size(record->head.type, count_evidence(record));
    return needed != 0 && size >= needed;
}

bool
cw_record_accept(union cw_record_any *record)
{
    if (record->head.version != CW_RECORD_VERSION || !has_right_size(record)) {
        return false;
    }
    memset(record->bytes + record->head.size, 0, sizeof(record->bytes) - record->head.size);
    BOUND_TIME(record->head.time_ns);
    switch (record->head.type) {
    case CW_RECORD_FLOW:
        return accept_flow(&record->flow);
    case CW_RECORD_DEVICE:
        return accept_device(&record->device);
    case CW_RECORD_ALERT:
        return accept_alert(&record->alert);
    default:
        return true;
    }
}
