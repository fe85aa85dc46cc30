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

static bool
is_at_or_below(const char *name, const char *domain)
{
    size_t len = strlen(name), tail = strlen(domain);
    return len >= tail && strcmp(name + len - tail, domain) == 0 &&
           (len == tail || name[len - tail - 1] == '.');
}

bool
cw_hidden_dns(uint16_t server_port, const char *server_name)
{
    if (server_port == CW_DOT_PORT) {
        return true;
    }
    for (size_t i = 0; i < sizeof(resolvers) / sizeof(*resolvers); i++) {
        if (is_at_or_below(server_name, resolvers[i])) {
            return true;
        }
    }
    return false;
}
