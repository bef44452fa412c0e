/* SPDX-License-Identifier: MIT */
/*
 * regex.c - regular expressions, by PCRE2.
 *
 * In:   a pattern in Python's spelling, as far as PCRE2 knows it: (?P<name>...), \uXXXX.
 * Out:  whether it is found in a text.
 * Why:  Python's re is a backtracking matcher over Unicode; PCRE2 is the nearest to it, and can be
 *       told to give up.
 * Not:  lone surrogates: no pattern matches them, but the text around them is searched.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "base/regex.h"

#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

/* What one search may cost: steps back, and the memory to remember them. */
#define STS__REGEX_STEPS_MAX UINT32_C(1000000)
#define STS__REGEX_HEAP_KIB  UINT32_C(16384)

struct sts__regex {
    pcre2_general_context *memory;
    pcre2_compile_context *compile_context;
    pcre2_match_context *match_context;
    pcre2_match_data *match_data;
    pcre2_code *code;
};

/* PCRE2 asks for memory here, so that a test of failing allocations reaches it. */
static void *regex_malloc(size_t bytes, void *context)
{
    (void)context;
    return malloc(bytes);
}

static void regex_free(void *data, void *context)
{
    (void)context;
    free(data);
}

static bool is_utf_error(int code)
{
    return code <= PCRE2_ERROR_UTF8_ERR1 && code >= PCRE2_ERROR_UTF8_ERR21;
}

static int fail_compile(struct sts_error *err, const char *pattern, int code, size_t offset)
{
    PCRE2_UCHAR reason[128];
    if (code == PCRE2_ERROR_HEAP_FAILED || code == PCRE2_ERROR_NOMEMORY)
        return sts__fail_nomem(err);
    pcre2_get_error_message(code, reason, sizeof(reason));
    return sts__fail(err, STS_E_USAGE, "bad regular expression \"%.80s\" at offset %zu: %s",
                     pattern, offset, (const char *)reason);
}

static int compile(struct sts__regex *regex, const char *pattern, size_t len, struct sts_error *err)
{
    const uint32_t common = PCRE2_ALT_BSUX | PCRE2_NEVER_BACKSLASH_C;
    const uint32_t unicode = PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF;
    PCRE2_SPTR units = (PCRE2_SPTR)pattern;
    size_t offset = 0;
    int code = 0;

    regex->code =
        pcre2_compile(units, len, common | unicode, &code, &offset, regex->compile_context);
    if (regex->code == NULL && is_utf_error(code)) /* then byte for byte */
        regex->code = pcre2_compile(units, len, common, &code, &offset, regex->compile_context);
    if (regex->code == NULL)
        return fail_compile(err, pattern, code, offset);
    regex->match_data = pcre2_match_data_create(1, regex->memory);
    return regex->match_data != NULL ? 0 : sts__fail_nomem(err);
}

static int make_contexts(struct sts__regex *regex, struct sts_error *err)
{
    regex->memory = pcre2_general_context_create(regex_malloc, regex_free, NULL);
    if (regex->memory == NULL)
        return sts__fail_nomem(err);
    regex->compile_context = pcre2_compile_context_create(regex->memory);
    regex->match_context = pcre2_match_context_create(regex->memory);
    if (regex->compile_context == NULL || regex->match_context == NULL)
        return sts__fail_nomem(err);
    pcre2_set_newline(regex->compile_context, PCRE2_NEWLINE_LF);
    pcre2_set_match_limit(regex->match_context, STS__REGEX_STEPS_MAX);
    pcre2_set_heap_limit(regex->match_context, STS__REGEX_HEAP_KIB);
    return 0;
}

int sts__regex_new(const char *pattern, struct sts__regex **ret_regex, struct sts_error *err)
{
    struct sts__regex *regex;
    size_t len = strlen(pattern);
    int r;

    if (len > STS_REGEX_BYTES_MAX)
        return sts__fail(err, STS_E_LIMIT, "regular expression of %zu bytes, at most %zu", len,
                         STS_REGEX_BYTES_MAX);
    regex = calloc(1, sizeof(*regex));
    if (regex == NULL)
        return sts__fail_nomem(err);
    r = make_contexts(regex, err);
    if (r == 0)
        r = compile(regex, pattern, len, err);
    if (r < 0) {
        sts__regex_free(regex);
        return r;
    }
    *ret_regex = regex;
    return 0;
}

void sts__regex_free(struct sts__regex *regex)
{
    if (regex == NULL)
        return;
    pcre2_code_free(regex->code);
    pcre2_match_data_free(regex->match_data);
    pcre2_match_context_free(regex->match_context);
    pcre2_compile_context_free(regex->compile_context);
    pcre2_general_context_free(regex->memory);
    free(regex);
}

int sts__regex_search(const struct sts__regex *regex, const char *text, size_t len,
                      struct sts_error *err)
{
    int r = pcre2_match(regex->code, (PCRE2_SPTR)text, len, 0, 0, regex->match_data,
                        regex->match_context);
    if (r >= 0)
        return 1;
    if (r == PCRE2_ERROR_NOMATCH)
        return 0;
    if (r == PCRE2_ERROR_NOMEMORY)
        return sts__fail_nomem(err);
    return sts__fail(err, STS_E_LIMIT,
                     "regular expression gave up on a text of %zu bytes: it backtracks too much",
                     len);
}
