/* SPDX-License-Identifier: Apache-2.0
 *
 * The hellos of TLS 1.0 to 1.3 in the start of a TCP stream (RFC 5246, RFC 8446), over several
 * records and segments, and up to 1.2 the server's certificate.
 */
#ifndef CW_INSPECT_TLS_H
#define CW_INSPECT_TLS_H

#include "inspect/start.h"
#include "inspect/x509.h"

#define CW_TLS_HANDSHAKE_MAX 8192 /* bytes of handshake messages that are looked at */

struct cw_tls_info {
    bool is_client;        /* a ClientHello; else a ServerHello */
    bool has_ech;          /* client: offers ECH or ESNI (or GREASE): a name may be a front */
    bool has_certificate;  /* server: certificate holds what it says of itself */
    uint16_t version;      /* client: highest offered, server: chosen; 0x0303 is TLS 1.2 */
    char server_name[256]; /* SNI (RFC 6066 3), lower case; "" none, or not a printable name */
    char alpn[32]; /* the first (client) or the chosen (server) one (RFC 7301); "" none */
    struct cw_x509_names certificate;
};

/**
 * @param start  of one direction of a stream, borrowed (cw_stream_add)
 * @param out    FOUND and MORE: what the bytes so far show; OTHER: left alone
 * FOUND: a whole ClientHello; a ServerHello of 1.3, or one that resumes; or a ServerHello and
 * the first certificate. Never allocates; linear in the start.
 */
enum cw_start cw_tls_inspect(struct cw_bytes start, struct cw_tls_info *out);

#endif
