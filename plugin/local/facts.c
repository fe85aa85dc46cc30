/* SPDX-License-Identifier: Apache-2.0
 *
 * What is known of one host: evidence, its weight, and what was already told of it.
 */
#include <stdlib.h>

#include "local/hosts.h"

static struct cw_host_facts *
facts_of(struct cw_host *host)
{
    if (!host->facts) {
        host->facts = calloc(1, sizeof(*host->facts));
    }
    return host->facts;
}

bool
cw_hosts_add_evidence(struct cw_host *host, const struct cw_evidence *piece)
{
    struct cw_host_facts *f = facts_of(host);
    if (!f || !cw_evidence_add(f->evidence, &f->n_evidence, CW_HOST_EVIDENCE, piece)) {
        return false;
    }
    f->device = cw_verdict_weigh(f->evidence, f->n_evidence, CW_SUBJECT_DEVICE);
    host->is_device = f->device.is_surveillance && f->device.band >= CAMWATCH_BAND_LIKELY;
    return true;
}

bool
cw_hosts_note_pull(struct cw_host *host, const struct cw_addr *camera)
{
    struct cw_host_facts *f = facts_of(host);
    for (unsigned i = 0; f && i < f->n_pulls; i++) {
        if (cw_addr_equal(&f->pulls[i], camera)) {
            return false;
        }
    }
    if (!f || f->n_pulls == CW_HOST_PULLS) {
        return false;
    }
    f->pulls[f->n_pulls++] = *camera;
    return f->n_pulls == CW_HOST_PULLS;
}

void
cw_hosts_note_uid(struct cw_host *host, uint64_t uid_hash)
{
    struct cw_host_facts *f = facts_of(host);
    if (f) {
        f->uid = uid_hash;
    }
}

bool
cw_hosts_is_news(struct cw_host *host, uint64_t identity_hash)
{
    struct cw_host_facts *f = facts_of(host);

    enum { SLOTS = sizeof(f->identities) / sizeof(*f->identities) };

    if (!f) {
        return true;
    }
    for (unsigned i = 0; i < SLOTS; i++) {
        if (f->identities[i] == identity_hash) {
            return false;
        }
    }
    f->identities[f->next_identity++ % SLOTS] = identity_hash;
    return true;
}
