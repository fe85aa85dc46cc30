/* SPDX-License-Identifier: Apache-2.0
 *
 * Words that Dahua devices use of themselves, over DHIP, discovery, HTTP and registration.
 */
#ifndef CW_WIRE_DAHUA_WORDS_H
#define CW_WIRE_DAHUA_WORDS_H

#include "wire/wire.h"

#define CW_DAHUA_GROUP "Dahua group"
#define CW_DAHUA_MAKER "Zhejiang Dahua Technology"

/** DeviceClass -> kind (corrections.md 2). False for classes that are no camera, recorder or
 * door station (indoor stations, alarm panels, recording software); kind is set where one is
 * known. */
bool cw_dahua_class(struct cw_bytes device_class, uint8_t *kind);

/** Brand from Vendor or Manufacturer; words such as "Private" and "General" name none. */
void cw_dahua_brand(char *out, size_t size, struct cw_bytes vendor);

/** Brand by the marks that brands of Dahua's devices leave in firmware version, model and serial
 * number (vendors.md 3 and 5; protocols_seed_vendors.md 5); kept where one is known already. */
void cw_dahua_mark(struct cw_identity *id);

/** Test of the DVRIP signature, for streams inside a tunnel. */
bool cw_dahua_dvrip_test(const struct cw_wire_input *in, struct cw_wire_match *out);

/** Test of the DHIP signature, for streams inside a tunnel. */
bool cw_dahua_dhip_test(const struct cw_wire_input *in, struct cw_wire_match *out);

#endif
