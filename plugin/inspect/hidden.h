/* SPDX-License-Identifier: Apache-2.0
 *
 * Resolvers whose answers cannot be read: DNS over TLS or QUIC by its port, DNS over HTTPS by
 * the name of a well-known resolver. A client that uses one has no names of its own in names.h.
 */
#ifndef CW_INSPECT_HIDDEN_H
#define CW_INSPECT_HIDDEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"

enum { CW_DOT_PORT = 853 }; /* RFC 7858, RFC 9250 */

/**
 * @param server_port  of the far end
 * @param server_name  SNI, lower case; "" none
 * @param server       its address: public resolvers are called by it, without a name
 * @return true when the conversation hides names. Pure; linear in a small table.
 */
bool cw_hidden_dns(uint16_t server_port, const char *server_name, const struct cw_addr *server);

#endif
