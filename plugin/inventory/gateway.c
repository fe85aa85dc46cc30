/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "base/text.h"
#include "inventory/merge.h"

bool
cw_merge_has_other_facts(const struct cw_record_device *record)
{
    for (size_t i = 0; i < record->n_evidence && i < CW_RECORD_EVIDENCE; i++) {
        unsigned kind = record->evidence[i].kind;
        bool is_mac =
            kind == CAMWATCH_EVIDENCE_MAC_CAMERA || kind == CAMWATCH_EVIDENCE_MAC_GENERAL;
        if (!is_mac && (record->evidence[i].subject & CW_SUBJECT_DEVICE)) {
            return true;
        }
    }
    return record->has_identity;
}

/* Its MAC carries what others send: nothing that was learnt under it is its own. */
void
cw_merge_gateway(struct cw_inventory *inv, const struct cw_record_device *record,
                 struct cw_inventory_change *out)
{
    char key[CW_KEY_TEXT_MAX], addr_key[CW_KEY_TEXT_MAX];
    struct cw_inv_device *device = cw_store_find(inv, cw_key_mac(&record->mac, key));
    bool is_known = device != NULL;
    device = device ? device : cw_store_new(inv, CW_CLASS_ORDINARY, key);
    if (!device || device->is_gateway) {
        return;
    }
    for (unsigned i = 0; i < device->n_addrs; i++) {
        cw_store_unname(
            inv, device,
            cw_key_addr(inv, device->vlan, device->segment, &device->addrs[i], addr_key));
    }
    device->n_addrs = 0;
    device->is_gateway = true;
    device->scope = CAMWATCH_SCOPE_LOCAL;
    device->first_ns = is_known ? device->first_ns : record->head.time_ns;
    device->last_ns = record->head.time_ns;
    cw_device_drop_mac_evidence(device);
    cw_device_weigh(device);
    cw_store_reclass(inv, device, CW_CLASS_ORDINARY);
    (void)cw_device_add_mac(device, &record->mac);
    if (device->is_announced) {
        out->device = device;
        out->what = CW_INVENTORY_CHANGED;
        cw_text_set(out->text, sizeof(out->text),
                    "is a gateway: what was seen there is not its own");
    }
}
