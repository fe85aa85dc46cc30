/* SPDX-License-Identifier: Apache-2.0
 *
 * The description of events, written from the same lists as the events themselves (fields.h,
 * terms.h).
 */
#ifndef CAMWATCH_SCHEMA_H
#define CAMWATCH_SCHEMA_H

#include <stdio.h>

#include "camwatch/status.h"

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

enum camwatch_schema_kind {
    CAMWATCH_SCHEMA_JSON,     /* JSON Schema 2020-12 of one line of NDJSON */
    CAMWATCH_SCHEMA_ELASTIC,  /* Elastic component template with the mappings */
    CAMWATCH_SCHEMA_MARKDOWN, /* docs/events.md */
};

/** Write it. @retval CAMWATCH_EINVAL unknown kind; CAMWATCH_EIO out could not be written */
int camwatch_schema_write(FILE *out, enum camwatch_schema_kind kind);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
