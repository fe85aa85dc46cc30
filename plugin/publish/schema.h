/* SPDX-License-Identifier: Apache-2.0
 *
 * The three forms of camwatch_schema_write (camwatch/schema.h).
 */
#ifndef CW_PUBLISH_SCHEMA_H
#define CW_PUBLISH_SCHEMA_H

#include "camwatch/schema.h"

/** JSON Schema 2020-12: closed vocabularies are enums, each stream has its required fields and
 *  none of another stream's. */
void cw_schema_write(FILE *out);

/** Component template: ECS types; "dynamic": false, so that a field of a later version is kept, not
 *  guessed at. */
void cw_schema_write_elastic(FILE *out);

void cw_schema_write_markdown(FILE *out);

/** A JSON string with its quotes; for ASCII text of our own. */
void cw_schema_put_string(FILE *out, const char *text);

#endif
