/* SPDX-License-Identifier: Apache-2.0
 *
 * What a recorder says of the cameras behind it: the lists of its own interfaces. Such documents
 * hold the log-in of each camera too; of an entry its address, name, model, serial number, MAC and
 * firmware are read, by name, and nothing else.
 *
 * A list may be longer than what is there of the message. A reader takes whole entries from the
 * front of its bytes and leaves what may go on in the bytes that follow.
 */
#ifndef CW_WIRE_RECORDER_LIST_H
#define CW_WIRE_RECORDER_LIST_H

#include "wire/wire.h"

/** <InputProxyChannelList> of /ISAPI/ContentMgmt/InputProxy/channels. Notes the list and that its
 *  sender is a recorder. False: no such list. */
bool cw_recorder_isapi(struct cw_bytes xml, struct cw_wire_match *m);

/** Items of a <Response> of CmdType Catalog (GB/T 28181-2016 A.2.6). False: no such list. */
bool cw_recorder_catalog(struct cw_bytes xml, struct cw_wire_match *m);

/** Lines "table.RemoteDevice.uuid:System_CONFIG_NETCAMERA_INFO_0.Address=..." of configManager.cgi,
 *  or the same table in JSON. False: no such list. */
bool cw_recorder_dahua(struct cw_bytes text, struct cw_wire_match *m);

/** NetWork.RemoteDeviceV3 of Xiongmai's DVRIP, in JSON. False: no such list. */
bool cw_recorder_xiongmai(struct cw_bytes json, struct cw_wire_match *m);

#endif
