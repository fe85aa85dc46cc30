/* SPDX-License-Identifier: Apache-2.0 */
#include "inspect/hidden.h"

#include <string.h>

/* Names of public resolvers that answer over HTTPS, from their operators' set-up pages. A name
 * below one of them counts too. */
static const char *const resolvers[] = {
    "cloudflare-dns.com", /* also chrome., mozilla., security., family. */
    "one.one.one.one",
    "dns.google",
    "dns64.dns.google",
    "dns.google.com",
    "dns.quad9.net",
    "dns9.quad9.net",
    "dns10.quad9.net",
    "dns11.quad9.net",
    "doh.opendns.com",
    "doh.familyshield.opendns.com",
    "doh.umbrella.com",
    "dns.nextdns.io", /* also firefox. */
    "dns.adguard.com",
    "dns.adguard-dns.com",
    "family.adguard-dns.com",
    "unfiltered.adguard-dns.com",
    "doh.cleanbrowsing.org",
    "dns.controld.com",
    "freedns.controld.com",
    "dns.mullvad.net",
    "doh.mullvad.net",
    "dns.alidns.com",
    "doh.pub",
    "dot.pub",
    "doh.360.cn",
    "dns.twnic.tw",
    "odvr.nic.cz",
    "dns0.eu",
    "doh.dns.sb",
    "doh.applied-privacy.net",
    "doh.xfinity.com",
    "doh.dns.apple.com",
    "private.canadianshield.cira.ca",
    "protected.canadianshield.cira.ca",
};

/* Their addresses, from the same pages: {1,1,1,1} and so on. */
static const uint8_t addresses[][4] = {
    {1, 1, 1, 1},        {1, 0, 0, 1},         {1, 1, 1, 2},      {1, 0, 0, 2},
    {1, 1, 1, 3},        {1, 0, 0, 3},         {8, 8, 8, 8},      {8, 8, 4, 4},
    {9, 9, 9, 9},        {149, 112, 112, 112}, {9, 9, 9, 10},     {208, 67, 222, 222},
    {208, 67, 220, 220}, {94, 140, 14, 14},    {94, 140, 15, 15}, {223, 5, 5, 5},
    {223, 6, 6, 6},      {185, 228, 168, 9},   {194, 242, 2, 2},  {193, 110, 81, 0},
};

static bool
is_resolver(const struct cw_addr *server)
{
    for (size_t i = 0; cw_addr_is_v4(server) && i < sizeof(addresses) / 4; i++) {
        if (memcmp(server->b + 12, addresses[i], 4) == 0) {
            return true;
        }
    }
    return false;
}

static bool
is_at_or_below(const char *name, const char *domain)
{
    size_t len = strlen(name), tail = strlen(domain);
    return len >= tail && strcmp(name + len - tail, domain) == 0 &&
           (len == tail || name[len - tail - 1] == '.');
}

bool
cw_hidden_dns(uint16_t server_port, const char *server_name, const struct cw_addr *server)
{
    if (server_port == CW_DOT_PORT || (server_name[0] == '\0' && is_resolver(server))) {
        return true;
    }
    for (size_t i = 0; i < sizeof(resolvers) / sizeof(*resolvers); i++) {
        if (is_at_or_below(server_name, resolvers[i])) {
            return true;
        }
    }
    return false;
}
