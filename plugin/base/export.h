/* SPDX-License-Identifier: Apache-2.0
 *
 * The mark of what the shared library exports; everything else is hidden.
 */
#ifndef CW_BASE_EXPORT_H
#define CW_BASE_EXPORT_H

#define CW_EXPORT __attribute__((visibility("default")))

#endif
