/* SPDX-License-Identifier: Apache-2.0 */
#include "inspect/tls.h"

#include "fuzz.h"

/* The start of one direction of a TLS stream, and the same bytes as a certificate. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cw_tls_info info;
    struct cw_x509_names names;
    if (cw_tls_inspect(cw_bytes(data, size), &info) != CW_START_OTHER) {
        FUZZ_DEMAND(strlen(info.server_name) < sizeof(info.server_name));
        FUZZ_DEMAND(info.certificate.n_dns <= CW_X509_NAMES || !info.has_certificate);
    }
    if (cw_x509_parse(cw_bytes(data, size), &names)) {
        FUZZ_DEMAND(names.n_dns <= CW_X509_NAMES);
    }
    return 0;
}
