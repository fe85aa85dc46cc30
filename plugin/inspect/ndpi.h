/* SPDX-License-Identifier: Apache-2.0
 *
 * nDPI behind one door: ndpi.c is the only file that sees its headers, and bears the differences
 * between its versions 4.2 and 6.0. One module a shard; a module and its flows belong to one
 * thread.
 */
#ifndef CW_INSPECT_NDPI_H
#define CW_INSPECT_NDPI_H

#include "model/packet.h"

#define CW_NDPI_HOST_MAX  80 /* nDPI keeps the last 79 characters of a longer name */
#define CW_NDPI_NAMES_MAX 256

/* How camwatch is used; nDPI asks from 6.0 on. With COMMERCIAL_LGPL it then loads no
 * dissectors of TLS, QUIC and DNS. */
enum cw_ndpi_licence {
    CW_NDPI_NON_COMMERCIAL,
    CW_NDPI_COMMERCIAL_LGPL,
    CW_NDPI_COMMERCIAL_DUAL,
};

struct cw_ndpi_settings {
    size_t memory_cap; /* bytes of all flows of this process, modules apart; 0: no cap */
    uint8_t licence;   /* enum cw_ndpi_licence */
    uint64_t *drops;   /* borrowed, by enum camwatch_drop: DPI_MEMORY; NULL: not counted */
};

struct cw_ndpi_result {
    char application[40]; /* "Hikvision", "TLS"; "" while unknown */
    char master[24];      /* "TLS" under "TLS.Hikvision"; "" where there is none */
    char category[24];    /* "IoT-Scada"; "" while unknown */
    bool is_final;        /* nothing more will come: give up and free the flow */
    bool is_guess;        /* from port or address alone: no DPI */
    bool is_by_address; /* application is also what the address alone says ("AmazonAWS"): what a
                             dissector saw for certain is master */
    bool is_quic;
    bool is_tls;                 /* TLS, DTLS or QUIC: the fields below may be filled */
    char host[CW_NDPI_HOST_MAX]; /* of TLS, QUIC, HTTP, DNS; lower case; "" none */
    char ja3[33];                /* of the client; "" none, or nDPI without JA3 */
    char cert_subject[CW_NDPI_NAMES_MAX]; /* distinguished name; TLS up to 1.2 */
    char cert_names[CW_NDPI_NAMES_MAX];   /* alternative names, comma-separated */
};

struct cw_ndpi;
struct cw_ndpi_flow; /* of one flow: about 0.7 to 1.2 KB and what its dissectors add */

/** "4.2.0": of the library that is loaded. Static storage. */
const char *cw_ndpi_version(void);

/**
 * A module with all dissectors. Modules are made one after another under a lock of the process,
 * from any thread; about 20 ms and 5 MB each.
 *
 * The first call installs counting allocators and reads the time zone (a sandbox allows no file
 * later).
 *
 * @return given, cw_ndpi_free; NULL for lack of memory, or when the library that is loaded has
 *         another API version than the header that this was compiled with (cw_ndpi_is_compatible)
 */
struct cw_ndpi *cw_ndpi_new(const struct cw_ndpi_settings *settings);

/** Every flow of the module must be freed before. NULL is fine. */
void cw_ndpi_free(struct cw_ndpi *ndpi);

/** The library that is loaded has the API of the header that this was compiled with. */
bool cw_ndpi_is_compatible(void);

/** Bytes that all flows of the process hold, buffers of dissectors included. */
size_t cw_ndpi_memory(void);

/** State for a new flow. NULL, and counted, when the memory cap is reached. */
struct cw_ndpi_flow *cw_ndpi_flow_new(struct cw_ndpi *ndpi);

/** NULL is fine. Does not give up: for a flow whose protocol nobody wants to know any more. */
void cw_ndpi_flow_free(struct cw_ndpi_flow *flow);

/**
 * Show a packet of the flow to nDPI. Later fragments, packets without IP and packets after
 * cw_ndpi_giveup are not shown.
 *
 * @param direction  0 from the flow's opener
 * @param has_start  the flow's opening was seen
 * @param out        written only on true
 * @return true when something is known: a protocol, perhaps not the last word (is_final)
 * Cost: 1 to 5 us for an undecided flow.
 */
bool cw_ndpi_packet(struct cw_ndpi *ndpi, struct cw_ndpi_flow *flow,
                    const struct cw_packet *packet, unsigned direction, bool has_start,
                    struct cw_ndpi_result *out);

/**
 * The last word on a flow, from what was seen, or guessed by port and address (is_guess). Once a
 * flow: a second call gives false. Call it when the flow's budget is used up, also at expiry.
 *
 * @param out  written only on true
 */
bool cw_ndpi_giveup(struct cw_ndpi *ndpi, struct cw_ndpi_flow *flow,
                    struct cw_ndpi_result *out);

/**
 * Which application a host name belongs to ("YouTube"), as nDPI itself decides it for names in TLS.
 * Needs no flow, and a fiftieth of what nDPI spends on a client's hello.
 *
 * @param host  lower case
 * @param out   "" when nDPI knows none
 */
void cw_ndpi_application_of(struct cw_ndpi *ndpi, const char *host, char *out, size_t size);

#endif
