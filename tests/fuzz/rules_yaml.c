/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"
#include "rules/check.h"
#include "rules/compile.h"

static void
check(struct cw_rules_draft *draft, const struct cw_yaml *document)
{
    static const char *const first[] = {"brand", "platform", "makers", "list", "policy"};
    static void (*const checks[])(struct cw_rules_draft *, const struct cw_yaml *) = {
        cw_rules_check_vendor, cw_rules_check_platform, cw_rules_check_makers,
        cw_rules_check_listing, cw_rules_check_policy};
    const char *key = document->first && document->first->key ? document->first->key : "";
    for (unsigned i = 0; i < 5; i++) {
        if (strcmp(key, first[i]) == 0) {
            checks[i](draft, document);
        }
    }
}

/* Documents of any kind, told by their first key; what has no error is compiled and must pass. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cw_rules_draft draft = {.n_files = 1};
    struct cw_yaml *next =
        cw_rules_read(&draft.arena, &draft.log, "rules/x.yaml", cw_bytes(data, size));
    for (; next; next = next->next) {
        check(&draft, next);
    }
    cw_rules_resolve(&draft);
    struct cw_rules *rules = draft.log.errors == 0 ? cw_rules_compile(&draft) : NULL;
    FUZZ_DEMAND(!rules || cw_image_check(rules, (size_t)rules->size) == CAMWATCH_OK);
    free(rules);
    cw_rules_arena_free(&draft.arena);
    return 0;
}
