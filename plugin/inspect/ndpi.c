/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "inspect/ndpi.h"

#include <assert.h>
#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <ndpi_api.h>

#include "base/text.h"
#include "camwatch/drops.h"

/* ---- the version ladder: every difference between nDPI 4.2 and 6.0 is in this part ---- */

#define NDPI_AT_LEAST(major, minor)                                                            \
    (NDPI_MAJOR > (major) || (NDPI_MAJOR == (major) && NDPI_MINOR >= (minor)))

typedef struct ndpi_detection_module_struct ndpi_module;

#if NDPI_AT_LEAST(6, 0)
static ndpi_module *
module_init(unsigned licence)
{
    static const enum ndpi_license_type licences[] = {
        [CW_NDPI_NON_COMMERCIAL] = NDPI_LICENSE_NOT_FOR_PROFIT_LGPL,
        [CW_NDPI_COMMERCIAL_LGPL] = NDPI_LICENSE_FOR_PROFIT_LGPL,
        [CW_NDPI_COMMERCIAL_DUAL] = NDPI_LICENSE_FOR_PROFIT_DUAL_LICENSE,
    };

    return ndpi_init_detection_module(NULL, licences[licence]);
}
#elif NDPI_AT_LEAST(4, 10)
static ndpi_module *
module_init(unsigned licence)
{
    (void)licence;
    return ndpi_init_detection_module(NULL);
}
#else
static ndpi_module *
module_init(unsigned licence)
{
    (void)licence;
    return ndpi_init_detection_module(ndpi_dont_load_tor_hosts);
}
#endif

static bool
module_finalize(ndpi_module *module)
{
#if !NDPI_AT_LEAST(5, 0) /* later ones have all dissectors on */
    NDPI_PROTOCOL_BITMASK all;
    NDPI_BITMASK_SET_ALL(all);
    (void)ndpi_set_protocol_detection_bitmask2(module, &all);
#endif
#if NDPI_AT_LEAST(4, 10)
    return ndpi_finalize_initialization(module) == 0;
#else
    ndpi_finalize_initialization(module);
    return true;
#endif
}

static ndpi_protocol
process(ndpi_module *module, struct ndpi_flow_struct *flow, struct cw_bytes ip,
        uint64_t time_ms, unsigned direction, bool has_start)
{
    unsigned short len = (unsigned short)ip.len;
#if NDPI_AT_LEAST(4, 6)
    struct ndpi_flow_input_info info = {
        .in_pkt_dir = direction == 0 ? NDPI_IN_PKT_DIR_C_TO_S : NDPI_IN_PKT_DIR_S_TO_C,
        .seen_flow_beginning =
            has_start ? NDPI_FLOW_BEGINNING_SEEN : NDPI_FLOW_BEGINNING_NOT_SEEN,
    };
    return ndpi_detection_process_packet(module, flow, ip.ptr, len, time_ms, &info);
#else
    (void)direction;
    (void)has_start;
    return ndpi_detection_process_packet(module, flow, ip.ptr, len, time_ms);
#endif
}

static ndpi_protocol
giveup(ndpi_module *module, struct ndpi_flow_struct *flow, bool *is_guess)
{
#if NDPI_AT_LEAST(5, 0)
    ndpi_protocol found = ndpi_detection_giveup(module, flow);
    *is_guess = flow->protocol_was_guessed;
#else
    uint8_t guessed = 0;
#    if NDPI_AT_LEAST(4, 10)
    ndpi_protocol found = ndpi_detection_giveup(module, flow, &guessed);
#    else
    ndpi_protocol found = ndpi_detection_giveup(module, flow, 1, &guessed);
#    endif
    *is_guess = guessed != 0;
#endif
    return found;
}

/* Detected, and no dissector waits for more of it. */
static bool
is_finished(ndpi_module *module, struct ndpi_flow_struct *flow, const ndpi_protocol *found)
{
#if NDPI_AT_LEAST(5, 0)
    (void)module;
    return found->state == NDPI_STATE_MONITORING ||
           (found->state == NDPI_STATE_CLASSIFIED && !flow->extra_packets_func);
#else
    (void)found;
    return !ndpi_extra_dissection_possible(module, flow);
#endif
}

#if NDPI_AT_LEAST(4, 12)
#    define APPLICATION_OF(found) ((found)->proto.app_protocol)
#    define MASTER_OF(found)      ((found)->proto.master_protocol)
#else
#    define APPLICATION_OF(found) ((found)->app_protocol)
#    define MASTER_OF(found)      ((found)->master_protocol)
#endif

#if NDPI_AT_LEAST(4, 6)
#    define BY_ADDRESS(flow, found) ((found)->protocol_by_ip)
#else
#    define BY_ADDRESS(flow, found) ((flow)->guessed_host_protocol_id)
#endif

#if NDPI_AT_LEAST(4, 6) && !NDPI_AT_LEAST(4, 8) /* has no such class */
#    define IS_BY_ADDRESS_ALONE(flow) false
#else
#    define IS_BY_ADDRESS_ALONE(flow) ((flow)->confidence == NDPI_CONFIDENCE_MATCH_BY_IP)
#endif

#if NDPI_AT_LEAST(4, 14)
#    define JA3_OF(flow) "" /* taken out in favour of JA4 */
#else
#    define JA3_OF(flow) ((flow)->protos.tls_quic.ja3_client)
#endif

/* All memory of the process that nDPI holds. Bytes are as malloc rounds them. */
static atomic_size_t held;

static void *
count(void *ptr)
{
    atomic_fetch_add_explicit(&held, malloc_usable_size(ptr), memory_order_relaxed);
    return ptr;
}

static void
uncount(void *ptr)
{
    atomic_fetch_sub_explicit(&held, malloc_usable_size(ptr), memory_order_relaxed);
}

static void *
counting_malloc(size_t size)
{
    return count(malloc(size));
}

static void
counting_free(void *ptr)
{
    uncount(ptr);
    free(ptr);
}

#if NDPI_AT_LEAST(5, 0)
static void *
counting_calloc(size_t n, size_t size)
{
    return count(calloc(n, size));
}

static void *
counting_realloc(void *ptr, size_t size)
{
    size_t before = malloc_usable_size(ptr);
    void *moved = realloc(ptr, size);
    if (!moved) {
        return NULL;
    }
    atomic_fetch_sub_explicit(&held, before, memory_order_relaxed);
    return count(moved);
}

static void
install_allocators(void)
{
    ndpi_set_memory_alloction_functions(counting_malloc, counting_free, counting_calloc,
                                        counting_realloc, NULL, NULL, counting_malloc,
                                        counting_free);
}
#else
static void
install_allocators(void)
{
    set_ndpi_malloc(counting_malloc);
    set_ndpi_free(counting_free);
    set_ndpi_flow_malloc(counting_malloc);
    set_ndpi_flow_free(counting_free);
}
#endif

/* ---- the adapter ---- */

enum {
    PACKET_MAX = UINT16_MAX, /* the length argument is an unsigned short */
    NS_PER_MS = 1000000,
};

struct cw_ndpi {
    ndpi_module *module;
    size_t memory_cap;
    size_t module_memory; /* what this module took at its start */
    uint64_t *drops;
};

/* Lies behind nDPI's own flow structure, in the same allocation. */
struct trailer {
    bool gave_up;
};

static pthread_mutex_t init_lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_size_t
    modules_memory; /* of all modules; what is held beyond it belongs to flows */

const char *
cw_ndpi_version(void)
{
    return ndpi_revision();
}

bool
cw_ndpi_is_compatible(void)
{
    return ndpi_get_api_version() == NDPI_API_VERSION;
}

size_t
cw_ndpi_memory(void)
{
    size_t all = atomic_load_explicit(&held, memory_order_relaxed);
    size_t modules = atomic_load_explicit(&modules_memory, memory_order_relaxed);
    return all > modules ? all - modules : 0;
}

static void
prepare_process(void)
{
    tzset(); /* dates of certificates would open /etc/localtime later */
    install_allocators();
}

static ndpi_module *
module_new(unsigned licence)
{
    ndpi_module *module = module_init(licence);
    if (module && !module_finalize(module)) {
        ndpi_exit_detection_module(module);
        module = NULL;
    }
    return module;
}

/* nDPI demands that modules are made and ended one after another. */
static bool
init_module(struct cw_ndpi *ndpi, unsigned licence)
{
    static bool is_prepared;
    pthread_mutex_lock(&init_lock);
    if (!is_prepared) {
        prepare_process();
        is_prepared = true;
    }
    size_t before = atomic_load(&held);
    ndpi->module = module_new(licence);
    size_t after = atomic_load(&held);
    ndpi->module_memory = after > before ? after - before : 0;
    atomic_fetch_add(&modules_memory, ndpi->module_memory);
    pthread_mutex_unlock(&init_lock);
    return ndpi->module != NULL;
}

struct cw_ndpi *
cw_ndpi_new(const struct cw_ndpi_settings *settings)
{
    assert(settings->licence <= CW_NDPI_COMMERCIAL_DUAL);
    if (!cw_ndpi_is_compatible()) {
        return NULL;
    }
    struct cw_ndpi *ndpi = calloc(1, sizeof(*ndpi));
    if (!ndpi) {
        return NULL;
    }
    ndpi->memory_cap = settings->memory_cap;
    ndpi->drops = settings->drops;
    if (!init_module(ndpi, settings->licence)) {
        cw_ndpi_free(ndpi);
        return NULL;
    }
    return ndpi;
}

void
cw_ndpi_free(struct cw_ndpi *ndpi)
{
    if (!ndpi) {
        return;
    }
    pthread_mutex_lock(&init_lock);
    if (ndpi->module) {
        ndpi_exit_detection_module(ndpi->module);
    }
    atomic_fetch_sub(&modules_memory, ndpi->module_memory);
    pthread_mutex_unlock(&init_lock);
    free(ndpi);
}

/* Of the library that is loaded, which may differ from the header. */
static size_t
flow_size(void)
{
    size_t align = _Alignof(max_align_t);
    return (ndpi_detection_get_sizeof_ndpi_flow_struct() + align - 1) / align * align;
}

static struct ndpi_flow_struct *
state_of(struct cw_ndpi_flow *flow)
{
    return (void *)flow;
}

static struct trailer *
trailer_of(struct cw_ndpi_flow *flow)
{
    return (void *)((char *)flow + flow_size());
}

struct cw_ndpi_flow *
cw_ndpi_flow_new(struct cw_ndpi *ndpi)
{
    size_t size = flow_size() + sizeof(struct trailer);
    bool is_full = ndpi->memory_cap && cw_ndpi_memory() + size > ndpi->memory_cap;
    void *flow = is_full ? NULL : ndpi_flow_malloc(size);
    if (flow) {
        memset(flow, 0, size);
    } else if (ndpi->drops) {
        ndpi->drops[CAMWATCH_DROP_DPI_MEMORY]++;
    }
    return flow;
}

void
cw_ndpi_flow_free(struct cw_ndpi_flow *flow)
{
    if (flow) {
        ndpi_free_flow(state_of(flow)); /* ndpi_flow_free would leak what dissectors added */
    }
}

static void
set_protocol_name(struct cw_ndpi *ndpi, unsigned id, char *out, size_t size)
{
    out[0] = '\0';
    if (id != NDPI_PROTOCOL_UNKNOWN) {
        cw_text_set(out, size, ndpi_get_proto_name(ndpi->module, (uint16_t)id));
    }
}

static bool
is_tls_based(unsigned id)
{
    return id == NDPI_PROTOCOL_TLS || id == NDPI_PROTOCOL_QUIC || id == NDPI_PROTOCOL_DTLS ||
           id == NDPI_PROTOCOL_MAIL_IMAPS || id == NDPI_PROTOCOL_MAIL_POPS ||
           id == NDPI_PROTOCOL_MAIL_SMTPS || id == NDPI_PROTOCOL_DOH_DOT;
}

/* The fields of TLS lie in a union: read only where it is TLS that filled it. */
static void
set_tls(const struct ndpi_flow_struct *flow, struct cw_ndpi_result *out)
{
    cw_text_set(out->ja3, sizeof(out->ja3), JA3_OF(flow));
    cw_text_set(out->cert_subject, sizeof(out->cert_subject), flow->protos.tls_quic.subjectDN);
    cw_text_set(out->cert_names, sizeof(out->cert_names), flow->protos.tls_quic.server_names);
}

static void
describe(struct cw_ndpi *ndpi, struct cw_ndpi_flow *handle, const ndpi_protocol *found,
         struct cw_ndpi_result *out)
{
    struct ndpi_flow_struct *flow = state_of(handle);
    unsigned application = APPLICATION_OF(found), master = MASTER_OF(found);
    *out =
        (struct cw_ndpi_result){.is_guess = flow->confidence == NDPI_CONFIDENCE_MATCH_BY_PORT ||
                                            IS_BY_ADDRESS_ALONE(flow)};
    if (application == NDPI_PROTOCOL_UNKNOWN) {
        application = master;
        master = NDPI_PROTOCOL_UNKNOWN;
    }
    if (master == application) {
        master = NDPI_PROTOCOL_UNKNOWN;
    }
    set_protocol_name(ndpi, application, out->application, sizeof(out->application));
    set_protocol_name(ndpi, master, out->master, sizeof(out->master));
    cw_text_set(out->category, sizeof(out->category),
                ndpi_category_get_name(ndpi->module, found->category));
    out->is_quic = application == NDPI_PROTOCOL_QUIC || master == NDPI_PROTOCOL_QUIC;
    if (out->is_guess) {
        return; /* no dissector has spoken */
    }
    out->is_by_address =
        master != NDPI_PROTOCOL_UNKNOWN && application == BY_ADDRESS(flow, found);
    out->is_tls = is_tls_based(application) || is_tls_based(master);
    cw_text_set(out->host, sizeof(out->host), flow->host_server_name);
    cw_text_lower(out->host);
    if (out->is_tls) {
        set_tls(flow, out);
    }
}

static bool
is_known(const ndpi_protocol *found)
{
    return APPLICATION_OF(found) != NDPI_PROTOCOL_UNKNOWN ||
           MASTER_OF(found) != NDPI_PROTOCOL_UNKNOWN;
}

bool
cw_ndpi_packet(struct cw_ndpi *ndpi, struct cw_ndpi_flow *flow, const struct cw_packet *packet,
               unsigned direction, bool has_start, struct cw_ndpi_result *out)
{
    if (!packet->is_ip || packet->is_later_fragment || packet->ip.len == 0 ||
        trailer_of(flow)->gave_up) {
        return false;
    }
    int64_t time_ns = packet->frame->time_ns;
    uint64_t time_ms = time_ns > 0 ? (uint64_t)(time_ns / NS_PER_MS) : 0;
    struct cw_bytes ip = cw_bytes_head(packet->ip, PACKET_MAX);
    ndpi_protocol found =
        process(ndpi->module, state_of(flow), ip, time_ms, direction, has_start);
    if (!is_known(&found)) {
        return false;
    }
    describe(ndpi, flow, &found, out);
    out->is_final = !out->is_guess && is_finished(ndpi->module, state_of(flow), &found);
    return true;
}

bool
cw_ndpi_giveup(struct cw_ndpi *ndpi, struct cw_ndpi_flow *flow, struct cw_ndpi_result *out)
{
    if (trailer_of(flow)->gave_up) {
        return false;
    }
    trailer_of(flow)->gave_up = true;
    bool is_guess = false;
    ndpi_protocol found = giveup(ndpi->module, state_of(flow), &is_guess);
    if (!is_known(&found)) {
        return false;
    }
    describe(ndpi, flow, &found, out);
    out->is_guess |= is_guess;
    out->is_final = true;
    return true;
}

void
cw_ndpi_application_of(struct cw_ndpi *ndpi, const char *host, char *out, size_t size)
{
    char name[CW_NDPI_NAMES_MAX];
    ndpi_protocol_match_result match;
    cw_text_set(name, sizeof(name), host);
    int id = ndpi_match_string_subprotocol(ndpi->module, name, (unsigned)strlen(name), &match);
    set_protocol_name(ndpi, id > 0 ? (unsigned)id : NDPI_PROTOCOL_UNKNOWN, out, size);
}
