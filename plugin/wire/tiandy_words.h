/* SPDX-License-Identifier: Apache-2.0
 *
 * Names of Tiandy.
 */
#ifndef CW_WIRE_TIANDY_WORDS_H
#define CW_WIRE_TIANDY_WORDS_H

#define CW_TIANDY_VENDOR "Tiandy"
#define CW_TIANDY_MAKER  "Tiandy Technologies"

#endif
