/* SPDX-License-Identifier: Apache-2.0
 *
 * The devices of a run, copied from the inventory when it is over, and found by what flows know
 * of them.
 */
#ifndef HOST_ROSTER_H
#define HOST_ROSTER_H

#include "camwatch/publisher.h"
#include "tally.h"

struct cw_roster;

/** Copies every device. Given, free with cw_roster_free. */
struct cw_roster *cw_roster_new(const struct camwatch_publisher *publisher);
void cw_roster_free(struct cw_roster *roster);

/** Surveillance devices first, the surest first. Texts live as long as the roster. */
const struct camwatch_device *cw_roster_devices(const struct cw_roster *roster, size_t *n);

/** How many of them, from the first, are surveillance devices. */
size_t cw_roster_surveillance(const struct cw_roster *roster);

/** The surveillance device whose destination this is, or NULL: by id, else MAC, else address. A
 *  flow may end before it is known what its local end is. */
const struct camwatch_device *cw_roster_owner(const struct cw_roster *roster,
                                              const struct cw_destination *row);

/**
 * Devices that an operator may mean: by id, MAC (any notation), address, name, or a start of
 * one.
 *
 * @return how many; *first is the first of them
 */
size_t cw_roster_match(const struct cw_roster *roster, const char *what,
                       const struct camwatch_device **first);

#endif
