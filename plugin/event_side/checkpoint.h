/* SPDX-License-Identifier: Apache-2.0
 *
 * What makes a publisher that is killed lose nothing and say nothing twice: records stay in the
 * rings until what became of them is kept by a sink, and that sink keeps a note with it, in one
 * step: how far the rings were read, which file of state belongs to it, and how far events were
 * numbered. A publisher that comes after goes on from the note.
 */
#ifndef CW_EVENT_SIDE_CHECKPOINT_H
#define CW_EVENT_SIDE_CHECKPOINT_H

#include "camwatch/publisher.h"

struct cw_checkpoint {
    struct camwatch_ring *const *rings; /* borrowed */
    size_t n_rings;
    const struct camwatch_sink_ops *keeper; /* the sink that keeps the note; NULL: none */
    void *self;                             /* its; borrowed */
    const char *state_file;                 /* borrowed; NULL: none */
    unsigned
        state; /* the state that was committed last lay in file 1 or 2 beside it; 0: none */
};

/** What a publisher goes on from. */
struct cw_checkpoint_numbers {
    char boot_id[17];
    uint64_t sequence[CAMWATCH_N_STREAMS];
};

/**
 * Take a sink as the keeper and go on from its note. Rings that are no longer those of the note are
 * read from where they were released; what the sink has then stands.
 *
 * @param numbers  filled where true is returned
 * @param moved    the state of the note was put in the place of the state file: read it again
 * @return true: events behind the note come again, and go on with these numbers
 */
bool cw_checkpoint_begin(struct cw_checkpoint *checkpoint,
                         const struct camwatch_sink_ops *keeper, void *self,
                         struct cw_checkpoint_numbers *numbers, bool *moved);

#define CW_CHECKPOINT_PATH_MAX 4096

/** Where to save the state that is to go with the next commit; its policies beside it. */
const char *cw_checkpoint_state_path(const struct cw_checkpoint *checkpoint,
                                     char out[CW_CHECKPOINT_PATH_MAX]);

/** The state file was written without a commit: no other one counts any more. */
void cw_checkpoint_forget_states(const struct cw_checkpoint *checkpoint);

/**
 * Keep what was read from the rings so far, and let the rings have it back.
 *
 * @param has_state    a state was saved at cw_checkpoint_state_path
 * @param is_finished  an orderly end: who comes after begins numbers of its own
 * @return false: not now; everything stays as it was
 */
bool cw_checkpoint_commit(struct cw_checkpoint *checkpoint,
                          const struct cw_checkpoint_numbers *numbers, bool has_state,
                          bool is_finished);

/** A ring is so full of what is held that its writer may soon be stopped. */
bool cw_checkpoint_is_pressing(const struct cw_checkpoint *checkpoint);

#endif
