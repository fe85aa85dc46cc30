/* SPDX-License-Identifier: Apache-2.0
 *
 * Where files of camwatch are: installed, or in the source tree that this program was built in.
 */
#ifndef HOST_PLACE_H
#define HOST_PLACE_H

#include <limits.h>
#include <stdbool.h>

/** The rules beside the program, else those of the built-in place. Into out, which is returned.
 *  */
const char *cw_place_rules(char out[PATH_MAX]);

/** camwatch-geo, likewise. */
const char *cw_place_geo_tool(char out[PATH_MAX]);

/** Can files be made in the folder of a path? False: errno says why not. */
bool cw_place_takes_files(const char *path);

#endif
