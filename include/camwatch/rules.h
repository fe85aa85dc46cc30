/* SPDX-License-Identifier: Apache-2.0
 *
 * The rules: vendors, platforms, makers, lists and policies, compiled from YAML into one read-only
 * image. Loaded whole or not at all. A loaded set is immutable: any number of threads may use it.
 */
#ifndef CAMWATCH_RULES_H
#define CAMWATCH_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "camwatch/status.h"
#include "camwatch/terms.h"

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

struct camwatch_rules;

/** Called for each error or warning: "rules/vendors/x.yaml:12: what is wrong, what is allowed".
 *  The text is borrowed. */
typedef void (*camwatch_rules_report_fn)(void *user, bool is_error, const char *text);

/**
 * Read every .yaml file below a folder (vendors/ platforms/ lists/ policies/ makers.yaml), check
 * them and compile.
 *
 * @param folder  borrowed; NULL takes the installed rules
 * @param report  told of every error, not only the first; may be NULL
 * @param out     written only on CAMWATCH_OK: given, free with camwatch_rules_free
 * @retval CAMWATCH_ERULES at least one error; CAMWATCH_EIO the folder cannot be read
 * Allocates; reads files; some milliseconds.
 */
int camwatch_rules_load(const char *folder, camwatch_rules_report_fn report, void *user,
                        struct camwatch_rules **out);
void camwatch_rules_free(struct camwatch_rules *rules);

/**
 * The compiled rules as one read-only block without pointers, good to copy, map or hand to another
 * process of this machine.
 *
 * @return borrowed, good as long as rules; size bytes
 */
const void *camwatch_rules_image(const struct camwatch_rules *rules, size_t *size);

/**
 * Use such a block. It is checked whole (checksum, bounds, every reference) before.
 *
 * @param block  8-aligned; borrowed until camwatch_rules_free, which does not free it
 * @param out    written only on CAMWATCH_OK: given, free with camwatch_rules_free
 * @retval CAMWATCH_ECORRUPT the block fails its checks or is of another version; CAMWATCH_EINVAL it
 *         is NULL or not aligned
 */
int camwatch_rules_attach(const void *block, size_t size, struct camwatch_rules **out);

struct camwatch_rules_counts {
    size_t size; /* sizeof(struct camwatch_rules_counts), set by the caller */
    uint32_t files, domains, networks, macs, banners, brands, makers, platforms, lists, list_entries,
        policies;
    uint64_t image_bytes;
};

void camwatch_rules_count(const struct camwatch_rules *rules, struct camwatch_rules_counts *out);

/** Version of the set: 16 hex digits over all files. Borrowed. */
const char *camwatch_rules_version(const struct camwatch_rules *rules);

/** One rule that speaks of a name, an address or a MAC. Strings are borrowed from the set, never
 *  NULL. */
struct camwatch_rule {
    size_t size;
    uint32_t id;
    const char *pattern, *where, *source;
    const char *vendor, *brand, *maker, *platform, *region;
    const char *confidence; /* "high", "medium", "low" */
    unsigned role, side, device_kind; /* terms.h */
    bool is_shared, is_general;
};

/**
 * What the rules say of a name, an IP address or a MAC, the most specific first.
 *
 * @param what  "p2p.example.com", "192.0.2.1", "00-00-5E-00-53-01"
 * @return number of rules found, at most max; 0 when none speaks of it
 */
size_t camwatch_rules_explain(const struct camwatch_rules *rules, const char *what,
                              struct camwatch_rule *out, size_t max);

/** One entry of a list that names a maker, brand or owner. */
struct camwatch_listing {
    size_t size;
    const char *list, *title, *kind, *url, *entity, *since, *until, *source, *status, *verified_on, *where;
};

/**
 * List entries that name a maker, a brand, the company behind it, or an owner of these, at a date.
 *
 * @param maker, brand  names as in rules; "" for not known
 * @param time_ns       what was in force then; INT64_MAX for now
 * @return number found, at most max
 */
size_t camwatch_rules_listings(const struct camwatch_rules *rules, const char *maker, const char *brand,
                               int64_t time_ns, struct camwatch_listing *out, size_t max);

/** Owner of a maker at a date (ns since the epoch); "" where not known. Borrowed. */
const char *camwatch_rules_owner(const struct camwatch_rules *rules, const char *maker, int64_t time_ns);

/**
 * Owner of the company behind a brand at a date, which is not who makes the device.
 *
 * @return borrowed; "" where it is not known who owned it then; NULL where the rules name no
 *         company for the brand: the maker's owner is the next best
 */
const char *camwatch_rules_brand_owner(const struct camwatch_rules *rules, const char *brand,
                                       int64_t time_ns);

/**
 * The list that was verified last: how old the set is.
 *
 * @param list  receives its name, borrowed; "" where there is no list
 * @return the day, ns since the epoch; 0 where there is no list
 */
int64_t camwatch_rules_verified(const struct camwatch_rules *rules, const char **list);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
