/* SPDX-License-Identifier: MIT */
/*
 * asked.h - what a request asks for: the arguments of its URL, checked against a form.
 *
 * Why: queries have the options of the command line, by the same names and with the same texts. A
 *      form is all that is known of an address, so that what is checked, what is understood and
 *      what the description (openapi.c) says cannot differ.
 */
#ifndef STS_SERVE_ASKED_H
#define STS_SERVE_ASKED_H

#include <statslice/query.h>

struct sts__bytes;
struct sts__exchange;

#define STS__ARGUMENTS_MAX ((size_t)256) /* of one URL */

enum sts__argument_kind { STS__ARGUMENT_TEXT, STS__ARGUMENT_WORD, STS__ARGUMENT_NUMBER };

/* An argument that is not an option of the library. */
struct sts__argument {
    const char *name;
    enum sts__argument_kind kind;
    const char *words; /* "json csv": of a word; the first is the default */
    uint32_t min, max; /* of a number */
    bool is_required;
    const char *help; /* one line */
};

/* What clients send along, and what changes nothing here. */
#define STS__ARGUMENT_PASSED(name)                                                                 \
    {                                                                                              \
        name, STS__ARGUMENT_TEXT, NULL, 0, 0, false, "passed over"                                 \
    }

/* What may be asked of one address. */
struct sts__form {
    const char *path;    /* "/api/v1/series" */
    const char *summary; /* one line */
    const char *gives;   /* name of the answer's schema, of the first format */
    const char *body;    /* name of the schema of what is posted; NULL: nothing is */
    const struct sts_query_option *(*options)(size_t *ret_count); /* the library's; NULL: none */
    const char *some; /* of them, "from to": these alone; NULL: all */
    const struct sts__argument *own;
    size_t own_count;
};

struct sts__asked {
    const struct sts__form *form;
    struct sts__asked_item {
        const char *name;  /* of the form: static */
        const char *value; /* borrowed from the exchange */
    } * items;
    size_t count, cap;
    int64_t now_ns;      /* of the request, cut to a second: what relative times count from */
    bool depends_on_now; /* the answer would be another one a second later */
};

/*
 * sts__asked_init - take the arguments of a request.
 *
 * Errors: STS_E_USAGE (an argument that the form has not; one that is missing; a value),
 * STS_E_NOMEM. Memory: sts__asked_deinit, also after a failure.
 */
STS_MUST_CHECK int sts__asked_init(struct sts__asked *asked, const struct sts__form *form,
                                   struct sts__exchange *exchange, struct sts_error *err);
void sts__asked_deinit(struct sts__asked *asked);

/* sts__asked_add - one more argument, as if the URL had it. value: borrowed. Errors: as above. */
STS_MUST_CHECK int sts__asked_add(struct sts__asked *asked, const char *name, const char *value,
                                  struct sts_error *err);

/* sts__asked_text - the last value given, or NULL; of a word the first one there is. */
const char *sts__asked_text(const struct sts__asked *asked, const char *name);

/* sts__asked_number - of a number, or what stands in for it. */
uint32_t sts__asked_number(const struct sts__asked *asked, const char *name, uint32_t otherwise);

/* Hand the library's options on: sts_query_set, sts_total_set, sts_diff_query_set. */
typedef int (*sts__asked_set_fn)(void *target, const char *name, const char *value,
                                 struct sts_error *err);
STS_MUST_CHECK int sts__asked_set(const struct sts__asked *asked, sts__asked_set_fn set,
                                  void *target, struct sts_error *err);

/* sts__asked_key - append a text that is the same for all requests with the same answer. */
void sts__asked_key(const struct sts__asked *asked, struct sts__bytes *key);

/* sts__form_option - an option of the library by its name, if the form has it, else NULL. */
const struct sts_query_option *sts__form_option(const struct sts__form *form, const char *name);

/* sts__word_is - whether one of the words in "json csv" is that text. */
bool sts__word_is(const char *words, const char *text);

/* sts__time_depends_on_now - of a time or a span of times, as queries take them. */
bool sts__time_depends_on_now(const char *text);

#endif
