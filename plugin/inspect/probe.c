/* SPDX-License-Identifier: Apache-2.0 */
#include "inspect/probe.h"

#include <assert.h>
#include <stdlib.h>

#include "camwatch/drops.h"

struct cw_probes {
    struct cw_probe_settings settings;
    size_t stride;
    uint32_t fresh; /* probes from here on were never taken, so their memory is untouched */
    size_t used;
    struct cw_flow_probe *free;
    char *memory;
};

static size_t
rounded(size_t size)
{
    size_t align = _Alignof(max_align_t);
    return (size + align - 1) / align * align;
}

struct cw_probes *
cw_probes_new(const struct cw_probe_settings *settings)
{
    struct cw_probes *pool = calloc(1, sizeof(*pool));
    if (!pool) {
        return NULL;
    }
    pool->settings = *settings;
    pool->stride = rounded(sizeof(struct cw_flow_probe)) + rounded(settings->extra_size);
    pool->memory = calloc(settings->max, pool->stride);
    if (!pool->memory) {
        cw_probes_free(pool);
        return NULL;
    }
    return pool;
}

void
cw_probes_free(struct cw_probes *pool)
{
    if (!pool) {
        return;
    }
    assert(pool->used == 0);
    free(pool->memory);
    free(pool);
}

size_t
cw_probes_used(const struct cw_probes *pool)
{
    return pool->used;
}

static struct cw_flow_probe *
take(struct cw_probes *pool)
{
    struct cw_flow_probe *probe = pool->free;
    if (probe) {
        pool->free = probe->next_free;
    } else if (pool->fresh < pool->settings.max) {
        probe = (void *)(pool->memory + pool->fresh++ * pool->stride);
    }
    return probe;
}

struct cw_flow_probe *
cw_probe_new(struct cw_probes *pool)
{
    struct cw_flow_probe *probe = take(pool);
    if (!probe) {
        if (pool->settings.drops) {
            pool->settings.drops[CAMWATCH_DROP_DPI_MEMORY]++;
        }
        return NULL;
    }
    memset(probe, 0, pool->stride);
    pool->used++;
    probe->is_dpi_over = !pool->settings.ndpi;
    return probe;
}

struct cw_ndpi_flow *
cw_probe_dpi(struct cw_probes *pool, struct cw_flow_probe *probe)
{
    if (!probe->ndpi && !probe->is_dpi_over) {
        probe->ndpi = cw_ndpi_flow_new(pool->settings.ndpi);
        probe->is_dpi_over = !probe->ndpi;
    }
    return probe->ndpi;
}

void
cw_probe_end_dpi(struct cw_flow_probe *probe)
{
    cw_ndpi_flow_free(probe->ndpi);
    probe->ndpi = NULL;
    probe->is_dpi_over = 1;
}

void
cw_probe_free(struct cw_probes *pool, struct cw_flow_probe *probe)
{
    if (!probe) {
        return;
    }
    cw_ndpi_flow_free(probe->ndpi);
    cw_stream_release(pool->settings.streams, &probe->stream);
    probe->next_free = pool->free;
    pool->free = probe;
    pool->used--;
}

void *
cw_probe_extra(struct cw_flow_probe *probe)
{
    return (char *)probe + rounded(sizeof(*probe));
}
