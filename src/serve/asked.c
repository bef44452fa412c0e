/* SPDX-License-Identifier: MIT */
/*
 * asked.c - the arguments of a URL, checked against the form of its address.
 */
#include "serve/asked.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/fail.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/timetext.h"
#include "serve/exchange.h"

bool sts__word_is(const char *words, const char *text)
{
    size_t text_len = strlen(text);

    for (const char *at = words; *at != '\0'; at += strspn(at, " ")) {
        size_t len = strcspn(at, " ");
        if (len == text_len && memcmp(at, text, len) == 0)
            return true;
        at += len;
    }
    return false;
}

/* --- the form --- */

const struct sts_query_option *sts__form_option(const struct sts__form *form, const char *name)
{
    size_t count = 0;
    const struct sts_query_option *options = form->options == NULL ? NULL : form->options(&count);

    for (size_t i = 0; i < count; i++)
        if (strcmp(options[i].name, name) == 0)
            return form->some == NULL || sts__word_is(form->some, name) ? &options[i] : NULL;
    return NULL;
}

static const struct sts__argument *own_argument(const struct sts__form *form, const char *name)
{
    for (size_t i = 0; i < form->own_count; i++)
        if (strcmp(form->own[i].name, name) == 0)
            return &form->own[i];
    return NULL;
}

/* --- values --- */

/* What does not begin with a digit is "now", "-1h", "yesterday": also behind the "/" of a span. */
bool sts__time_depends_on_now(const char *text)
{
    for (const char *at = text; at != NULL; at = strchr(at, '/')) {
        at += strspn(at, "/ ");
        if (*at == '\0')
            return false;
        if (*at < '0' || *at > '9')
            return true;
    }
    return false;
}

static bool is_about_time(const struct sts_query_option *option, const char *value)
{
    if (option->argument == NULL ||
        (strcmp(option->argument, "TIME") != 0 && strcmp(option->argument, "SPAN") != 0))
        return false;
    return strcmp(value, "epoch") != 0 && strcmp(value, "first") != 0;
}

static int check_number(const struct sts__argument *own, const char *value, struct sts_error *err)
{
    uint64_t number;

    if (sts__num_parse_u64(value, strlen(value), &number) < 0 || number < own->min ||
        number > own->max)
        return sts__fail(err, STS_E_USAGE, "%s must be a number from %u to %u, not \"%.60s\"",
                         own->name, own->min, own->max, value);
    return 0;
}

static int check_own(const struct sts__argument *own, const char *value, struct sts_error *err)
{
    if (own->kind == STS__ARGUMENT_NUMBER)
        return check_number(own, value, err);
    if (own->kind == STS__ARGUMENT_WORD && !sts__word_is(own->words, value))
        return sts__fail(err, STS_E_USAGE, "%s must be one of %s, not \"%.60s\"", own->name,
                         own->words, value);
    return 0;
}

int sts__asked_add(struct sts__asked *asked, const char *name, const char *value,
                   struct sts_error *err)
{
    const struct sts__argument *own = own_argument(asked->form, name);
    const struct sts_query_option *option = sts__form_option(asked->form, name);
    int r = 0;

    if (own == NULL && option == NULL)
        return sts__fail(err, STS_E_USAGE, "there is no argument \"%.60s\"", name);
    if (value == NULL) /* "?rate" */
        value = option != NULL && option->argument == NULL ? "on" : "";
    if (own != NULL)
        r = check_own(own, value, err);
    else if (is_about_time(option, value))
        asked->depends_on_now |= sts__time_depends_on_now(value);
    if (r < 0)
        return r;
    r = sts__grow(&asked->items, &asked->cap, asked->count + 1, sizeof(*asked->items),
                  STS__ARGUMENTS_MAX);
    if (r == STS_E_LIMIT)
        return sts__fail(err, STS_E_USAGE, "more than %zu arguments", STS__ARGUMENTS_MAX);
    if (r < 0)
        return sts__fail_nomem(err);
    asked->items[asked->count++] =
        (struct sts__asked_item){ own != NULL ? own->name : option->name, value };
    return 0;
}

/* --- all of them --- */

struct taking {
    struct sts__asked *asked;
    struct sts_error *err;
};

static int take_argument(void *context, const char *name, const char *value)
{
    struct taking *taking = context;

    return sts__asked_add(taking->asked, name, value, taking->err);
}

int sts__asked_init(struct sts__asked *asked, const struct sts__form *form,
                    struct sts__exchange *exchange, struct sts_error *err)
{
    struct taking taking = { asked, err };
    int64_t now_ns = sts__clock_wall_ns();
    int r;

    *asked = (struct sts__asked){ .form = form, .now_ns = now_ns - now_ns % STS_NS_PER_S };
    r = sts__exchange_each_argument(exchange, take_argument, &taking);
    for (size_t i = 0; r >= 0 && i < form->own_count; i++)
        if (form->own[i].is_required && sts__asked_text(asked, form->own[i].name) == NULL)
            r = sts__fail(err, STS_E_USAGE, "the argument \"%s\" is missing", form->own[i].name);
    return r < 0 ? r : 0;
}

void sts__asked_deinit(struct sts__asked *asked)
{
    free(asked->items);
    *asked = (struct sts__asked){ 0 };
}

const char *sts__asked_text(const struct sts__asked *asked, const char *name)
{
    for (size_t i = asked->count; i > 0; i--)
        if (strcmp(asked->items[i - 1].name, name) == 0)
            return asked->items[i - 1].value;
    return NULL;
}

uint32_t sts__asked_number(const struct sts__asked *asked, const char *name, uint32_t otherwise)
{
    const char *text = sts__asked_text(asked, name);
    uint64_t number;

    if (text == NULL || sts__num_parse_u64(text, strlen(text), &number) < 0)
        return otherwise;
    return (uint32_t)number; /* within the form's bounds */
}

int sts__asked_set(const struct sts__asked *asked, sts__asked_set_fn set, void *target,
                   struct sts_error *err)
{
    int r = 0;

    for (size_t i = 0; r >= 0 && i < asked->count; i++)
        if (own_argument(asked->form, asked->items[i].name) == NULL)
            r = set(target, asked->items[i].name, asked->items[i].value, err);
    return r;
}

/* --- the key --- */

/* Lengths stand before texts, so that no two requests read alike. */
static void append_item(const struct sts__asked_item *item, struct sts__bytes *key)
{
    char text[STS_NUM_TEXT_BYTES];

    sts__bytes_append_text(key, item->name);
    sts__bytes_append_text(key, "=");
    sts__bytes_append(key, text, sts__num_u64(text, strlen(item->value)));
    sts__bytes_append_text(key, ":");
    sts__bytes_append_text(key, item->value);
    sts__bytes_append_text(key, "\n");
}

/* Of slice and slices, which replace each other, the order counts too. */
static bool is_replaced(const struct sts__asked *asked, size_t i)
{
    const char *name = asked->items[i].name;
    const struct sts_query_option *option = sts__form_option(asked->form, name);

    if (option != NULL && option->repeatable)
        return false;
    for (size_t k = i + 1; k < asked->count; k++)
        if (asked->items[k].name == name)
            return true;
    return false;
}

static int compare_items(const void *left, const void *right)
{
    const struct sts__asked_item *a = *(const struct sts__asked_item *const *)left;
    const struct sts__asked_item *b = *(const struct sts__asked_item *const *)right;
    bool a_is_width = strncmp(a->name, "slice", 5) == 0;
    bool b_is_width = strncmp(b->name, "slice", 5) == 0;
    int r = a_is_width && b_is_width ? 0 : strcmp(a->name, b->name);

    return r != 0 ? r : a < b ? -1 : a > b;
}

void sts__asked_key(const struct sts__asked *asked, struct sts__bytes *key)
{
    const struct sts__asked_item *items[STS__ARGUMENTS_MAX];
    char text[STS_NUM_TEXT_BYTES];
    size_t count = 0;

    for (size_t i = 0; i < asked->count; i++)
        if (!is_replaced(asked, i))
            items[count++] = &asked->items[i];
    if (count > 1)
        qsort(items, count, sizeof(*items), compare_items);
    sts__bytes_append_text(key, asked->form->path);
    sts__bytes_append_text(key, "\n");
    for (size_t i = 0; i < count; i++)
        append_item(items[i], key);
    if (asked->depends_on_now) {
        sts__bytes_append_text(key, "now ");
        sts__bytes_append(key, text, sts__num_i64(text, asked->now_ns));
        sts__bytes_append_text(key, "\n");
    }
}
