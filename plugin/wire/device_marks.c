/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/device_marks.h"

#include "base/text.h"
#include "wire/dahua_words.h"
#include "wire/hikvision_words.h"
#include "wire/said.h"
#include "wire/text_scan.h"
#include "wire/uniview_words.h"

enum { MAC_DIGITS = 12, HASH_REALM = 32, WHOM_MIN = 8 };

static const struct cw_device_mark dahua_realm = {"Login to ", CW_DAHUA_GROUP, CW_DAHUA_MAKER};

static const struct cw_device_mark servers[] = {
    {"Dahua Rtsp Server", CW_DAHUA_GROUP, CW_DAHUA_MAKER},
    {"App-webs/", CW_HIKVISION_GROUP, CW_HIKVISION_MAKER},
    {"Hikvision-Webs", CW_HIKVISION_GROUP, CW_HIKVISION_MAKER},
    {"DNVRS-Webs", CW_HIKVISION_GROUP, CW_HIKVISION_MAKER},
    {"DVRDVS-Webs", CW_HIKVISION_GROUP, CW_HIKVISION_MAKER},
};

const struct cw_device_mark *
cw_device_server(struct cw_bytes server)
{
    for (size_t i = 0; i < sizeof(servers) / sizeof(*servers); i++) {
        if (cw_bytes_starts(server, servers[i].text, strlen(servers[i].text))) {
            return &servers[i];
        }
    }
    return NULL;
}

const struct cw_device_mark *
cw_device_realm(struct cw_bytes challenge, struct cw_identity *id)
{
    struct cw_bytes realm = cw_scan_param(challenge, "realm");
    size_t lead = strlen(dahua_realm.text);
    if (cw_bytes_starts(realm, dahua_realm.text, lead)) {
        struct cw_bytes whom = cw_bytes_from(realm, lead);
        if (whom.len < WHOM_MIN || !cw_text_is_alnum(whom)) {
            return NULL;
        }
        if (whom.len < HASH_REALM) {
            CW_SAID(id->serial, whom);
        }
        return &dahua_realm;
    }
    if (realm.len == MAC_DIGITS) {
        cw_said_mac(&id->mac, realm);
    }
    return NULL;
}

struct sdp_form {
    const char *line;
    const char *other;
    const char *vendor;
};

static const struct sdp_form sdp_forms[] = {
    {"\na=packetization-supported:DH", "\na=rtppayload-supported:DH", CW_DAHUA_GROUP},
    {"\ns=VCP IPC Realtime stream", "/media/video", CW_UNIVIEW_VENDOR},
    {"\ns=Session streamed by \"", "\na=tool:BC Streaming Media v", "Reolink"},
};

const char *
cw_device_sdp(struct cw_bytes sdp)
{
    for (size_t i = 0; i < sizeof(sdp_forms) / sizeof(*sdp_forms); i++) {
        if (cw_scan_has(sdp, sdp_forms[i].line) && cw_scan_has(sdp, sdp_forms[i].other)) {
            return sdp_forms[i].vendor;
        }
    }
    return NULL;
}

void
cw_device_note(struct cw_wire_match *m, const struct cw_device_mark *mark)
{
    cw_said_device(m);
    m->vendor = mark->vendor;
    cw_text_set(m->identity.maker, sizeof(m->identity.maker), mark->maker);
}
