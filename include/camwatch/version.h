/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CAMWATCH_VERSION_H
#define CAMWATCH_VERSION_H

#define CAMWATCH_VERSION_MAJOR 0
#define CAMWATCH_VERSION_MINOR 1
#define CAMWATCH_VERSION_PATCH 0
#define CAMWATCH_VERSION       "0.1.0"

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

/** Version of the library that runs, "0.1.0". Static storage. */
const char *camwatch_version(void);

/** "camwatch 0.1.0 (nDPI 4.2.0, hiredis 0.14.1, ...)": what it was built with. Static storage. */
const char *camwatch_build_info(void);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
