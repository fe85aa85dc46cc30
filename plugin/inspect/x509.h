/* SPDX-License-Identifier: Apache-2.0
 *
 * Names in an X.509 certificate (RFC 5280), by a bounded walk through its DER. Nothing is verified.
 */
#ifndef CW_INSPECT_X509_H
#define CW_INSPECT_X509_H

#include "base/bytes.h"

#define CW_X509_NAMES 4

struct cw_x509_names {
    char common_name[128];  /* subject CN; "" none */
    char organisation[128]; /* subject O; "" none */
    uint8_t n_dns;
    char dns[CW_X509_NAMES][256]; /* the first dNSNames, lower case; may be wildcards */
};

/**
 * @param der  one whole certificate, borrowed
 * @param out  written only on true
 * @return false: no whole certificate, or malformed before the end of its subject
 * Never allocates; linear.
 */
bool cw_x509_parse(struct cw_bytes der, struct cw_x509_names *out);

#endif
