/* SPDX-License-Identifier: Apache-2.0
 *
 * The event side for targets: a small publisher whose sink encodes every event and keeps none.
 */
#ifndef CW_TESTS_FUZZ_PUBLISH_H
#define CW_TESTS_FUZZ_PUBLISH_H

#include "camwatch/publisher.h"

/** Over fuzz_rules(), without geo files; given, end with fuzz_publisher_end. */
struct camwatch_publisher *fuzz_publisher(void);

/** Let time pass, visit every device, close. */
void fuzz_publisher_end(struct camwatch_publisher *publisher);

#endif
