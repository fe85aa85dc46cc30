/* SPDX-License-Identifier: Apache-2.0
 *
 * Names of Uniview.
 */
#ifndef CW_WIRE_UNIVIEW_WORDS_H
#define CW_WIRE_UNIVIEW_WORDS_H

#define CW_UNIVIEW_VENDOR "Uniview"
#define CW_UNIVIEW_MAKER  "Zhejiang Uniview Technologies"

#endif
