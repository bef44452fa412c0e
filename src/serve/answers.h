/* SPDX-License-Identifier: MIT */
/*
 * answers.h - answers that were given, for those who ask the same again.
 *
 * Any thread may find and put. What was not asked for longest goes first.
 */
#ifndef STS_SERVE_ANSWERS_H
#define STS_SERVE_ANSWERS_H

#include <statslice/error.h>

struct sts__answers;

/* One answer; nobody changes it. */
struct sts__answer {
    const char *key; /* all that it depends on */
    size_t key_len;
    const char *data;
    size_t len;
};

/* sts__answers_new - at most so many bytes of answers and keys. */
STS_MUST_CHECK int sts__answers_new(size_t bytes_max, struct sts__answers **ret_answers,
                                    struct sts_error *err);
void sts__answers_free(struct sts__answers *answers); /* no answer may be held any more */

/* sts__answers_find - Returns: held until sts__answer_release, or NULL. answers may be NULL. */
const struct sts__answer *sts__answers_find(struct sts__answers *answers, const char *key,
                                            size_t key_len);
void sts__answer_release(struct sts__answers *answers, const struct sts__answer *answer);

/*
 * sts__answers_put - keep a copy of an answer, in place of an older one of the same key.
 *
 * One that is large beside all of them is not kept, nor where memory runs out. answers may be NULL.
 */
void sts__answers_put(struct sts__answers *answers, const struct sts__answer *answer);

/* sts__answers_salt - a number that another server, or this one after a restart, does not have. */
uint64_t sts__answers_salt(const struct sts__answers *answers);

struct sts__answers_counts {
    uint64_t hits;
    size_t count, bytes; /* that are kept now */
};
struct sts__answers_counts sts__answers_counts(struct sts__answers *answers);

#endif
