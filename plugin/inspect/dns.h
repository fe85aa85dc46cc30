/* SPDX-License-Identifier: Apache-2.0
 *
 * One DNS message (RFC 1035; mDNS RFC 6762, LLMNR RFC 4795): the question and the addresses that
 * answer it. Names are lower case, at most 255 characters; a byte that is no printable ASCII, a
 * blank or a dot inside a label becomes '?'.
 */
#ifndef CW_INSPECT_DNS_H
#define CW_INSPECT_DNS_H

#include "base/addr.h"

#define CW_DNS_NAME_MAX  256
#define CW_DNS_ADDRESSES 32

enum cw_dns_kind {
    CW_DNS_NONE, /* not a port of DNS */
    CW_DNS_UNICAST,
    CW_DNS_MDNS,
    CW_DNS_LLMNR,
};

enum { /* IANA: DNS parameters */
       CW_DNS_PORT = 53,
       CW_MDNS_PORT = 5353,
       CW_LLMNR_PORT = 5355,
       CW_DNS_A = 1,
       CW_DNS_CNAME = 5,
       CW_DNS_PTR = 12,
       CW_DNS_AAAA = 28,
       CW_DNS_HTTPS = 65,
       CW_DNS_NXDOMAIN = 3, /* rcode */
};

struct cw_dns_address {
    struct cw_addr addr;
    uint32_t ttl; /* seconds */
};

struct cw_dns_message {
    uint16_t id;
    uint16_t qtype;
    uint8_t rcode;
    bool is_answer;
    bool is_sinkholed; /* every address is 0/32, 127/8, :: or ::1, and the name not localhost */
    bool is_cut; /* records are missing: cut by the snap length, by TC, malformed or too many */
    char name[CW_DNS_NAME_MAX]; /* of the question; mDNS: else the first address's owner */
    uint8_t n_addresses;
    struct cw_dns_address address[CW_DNS_ADDRESSES]; /* of name, over CNAMEs */
};

/** Which kind of DNS a UDP or TCP port speaks. */
enum cw_dns_kind cw_dns_kind_of_port(uint16_t port);

/**
 * Parse one message: opcode QUERY, class IN, one question (mDNS: any number, the first counts). The
 * header and the question must be whole; of the records what is whole is taken.
 *
 * @param message  UDP payload, or what cw_dns_next_of_tcp gave
 * @param out      written only on true
 * @return false: no DNS message, or none that concerns names of hosts
 * Never allocates. Cost: linear in the message but for CNAMEs out of order (at most 8 passes);
 * compression pointers only lead backwards (RFC 1035 4.1.4), so they end.
 */
bool cw_dns_parse(struct cw_bytes message, enum cw_dns_kind kind, struct cw_dns_message *out);

/**
 * Take the next whole message off the front of a TCP stream (RFC 1035 4.2.2: BE16 length in front).
 * Empty when there is no whole one; then the stream stays as it is.
 */
struct cw_bytes cw_dns_next_of_tcp(struct cw_bytes *stream);

#endif
