/* SPDX-License-Identifier: MIT */
/*
 * search_body.c - the body of a search while it is read: values, names, dates, zones.
 */
#include "serve/search_body.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/num.h"
#include "base/zone.h"

void sts__body_fail(struct sts__body *body, enum sts_status status, const char *format, ...)
{
    char text[sizeof(body->err->text)];
    va_list args;

    if (sts__body_failed(body))
        return;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    body->status = sts__fail(body->err, status, "%s", text);
    sts__json_fail(&body->json, "given up"); /* nothing more is read */
}

bool sts__body_failed(const struct sts__body *body)
{
    return body->status < 0 || sts__json_failed(&body->json);
}

/* --- values --- */

const char *sts__body_keep(struct sts__body *body, const char *text, size_t len)
{
    struct sts__strtab *texts = body->texts;
    uint32_t id;

    if (sts__body_failed(body))
        return "";
    if (sts__strtab_add(texts, text, len, &id) < 0) {
        sts__body_fail(body, STS_E_NOMEM, "out of memory");
        return "";
    }
    return sts__strtab_text(texts, id);
}

static const char *keep_decoded(struct sts__body *body, const struct sts__json_text *text)
{
    const char *decoded;
    size_t len;
    int r;

    if (sts__body_failed(body))
        return "";
    r = sts__json_decode(&body->json, text, &body->scratch, &decoded, &len);
    if (r == STS_E_NOMEM)
        sts__body_fail(body, STS_E_NOMEM, "out of memory");
    return r < 0 ? "" : sts__body_keep(body, decoded, len);
}

const char *sts__body_key(struct sts__body *body)
{
    struct sts__json_text key;
    const char *name;

    if (!sts__json_next_key(&body->json, &key))
        return NULL;
    name = keep_decoded(body, &key);
    return sts__body_failed(body) ? NULL : name;
}

const char *sts__body_text(struct sts__body *body)
{
    enum sts__json_kind kind = sts__json_peek(&body->json);
    const char *from = body->json.at;
    struct sts__json_text text;

    switch (kind) {
    case STS__JSON_NUMBER:
        text = sts__json_number(&body->json);
        return sts__body_failed(body) ? "" : sts__body_keep(body, text.at, text.len);
    case STS__JSON_TRUE:
    case STS__JSON_FALSE:
        sts__json_skip(&body->json);
        return sts__body_failed(body) ? ""
                                      : sts__body_keep(body, from, (size_t)(body->json.at - from));
    case STS__JSON_TEXT:
        text = sts__json_text(&body->json);
        return keep_decoded(body, &text);
    case STS__JSON_NONE:
    case STS__JSON_OBJECT:
    case STS__JSON_ARRAY:
    case STS__JSON_NULL:
    default:
        sts__json_fail(&body->json, "not a text");
        return "";
    }
}

uint64_t sts__body_u64(struct sts__body *body, uint64_t max, const char *name)
{
    const char *text = sts__body_text(body);
    uint64_t value = 0;

    if (!sts__body_failed(body) &&
        (sts__num_parse_u64(text, strlen(text), &value) < 0 || value > max))
        sts__body_fail(body, STS_E_USAGE, "[%.40s] must be a number from 0 to %llu, not [%.40s]",
                       name, (unsigned long long)max, text);
    return sts__body_failed(body) ? 0 : value;
}

bool sts__body_bool(struct sts__body *body, const char *name)
{
    const char *text = sts__body_text(body);
    bool is_true = strcmp(text, "true") == 0;

    if (!is_true && strcmp(text, "false") != 0)
        sts__body_fail(body, STS_E_USAGE, "[%.40s] must be true or false, not [%.40s]", name, text);
    return is_true;
}

/* --- times --- */

struct sts__date sts__body_date_of(struct sts__body *body, const char *text,
                                   const struct sts__zone *zone)
{
    struct sts__date date = { 0, 0 };

    if (sts__body_failed(body))
        return date;
    body->search->depends_on_now |= strncmp(text, "now", 3) == 0;
    if (sts__date_math_parse(text, zone, body->search->now_ns, &date) < 0)
        sts__body_fail(body, STS_E_USAGE, "failed to parse date [%.60s]", text);
    return date;
}

struct sts__date sts__body_date(struct sts__body *body, const struct sts__zone *zone)
{
    bool is_number = sts__json_peek(&body->json) == STS__JSON_NUMBER;
    const char *text = sts__body_text(body);
    struct sts__date date = { 0, 0 };
    int64_t millis;

    if (!is_number || sts__body_failed(body))
        return sts__body_date_of(body, text, zone);
    if (sts__num_parse_i64(text, strlen(text), &millis) < 0 ||
        sts__date_of_millis(millis, &date) < 0)
        sts__body_fail(body, STS_E_USAGE, "failed to parse date [%.60s]", text);
    return date;
}

/* "+02:00" as the zone of the IANA database that has it, which counts to the west. */
static const char *zone_of_offset(struct sts__body *body, const char *name)
{
    char text[32];
    int hours = (name[1] - '0') * 10 + (name[2] - '0');

    if (strlen(name) != 6 || strspn(name + 1, "0123456789") != 2 || strcmp(name + 3, ":00") != 0 ||
        hours > (name[0] == '+' ? 14 : 12)) {
        sts__body_fail(body, STS_E_USAGE,
                       "the time zone [%.40s] is not there: whole hours alone, or a name", name);
        return "UTC";
    }
    if (hours == 0)
        return "UTC";
    snprintf(text, sizeof(text), "Etc/GMT%c%d", name[0] == '+' ? '-' : '+', hours);
    return sts__body_keep(body, text, strlen(text));
}

const struct sts__zone *sts__body_zone(struct sts__body *body, const char *name)
{
    struct sts__search *search = body->search;
    const char *iana = strcmp(name, "Z") == 0             ? "UTC"
                       : name[0] == '+' || name[0] == '-' ? zone_of_offset(body, name)
                                                          : name;
    int r;

    if (sts__body_failed(body))
        return NULL;
    for (size_t i = 0; i < search->zone_count; i++)
        if (strcmp(sts__zone_name(search->zones[i]), iana) == 0)
            return search->zones[i];
    if (search->zone_count == STS__SEARCH_ZONES_MAX || strcmp(iana, "local") == 0) {
        sts__body_fail(body, STS_E_USAGE, "the time zone [%.40s] is not there, or one too many",
                       name);
        return NULL;
    }
    r = sts__zone_new(iana, &search->zones[search->zone_count], body->err);
    if (r < 0) {
        body->status = r;
        sts__json_fail(&body->json, "given up");
        return NULL;
    }
    return search->zones[search->zone_count++];
}

/* --- names --- */

/* The name without what a client puts around it: "labels.service.keyword". */
static const char *bare_name(struct sts__body *body, const char *name)
{
    static const char keyword[] = ".keyword";
    size_t len = strlen(name), keyword_len = strlen(keyword);

    if (len > keyword_len && strcmp(name + len - keyword_len, keyword) == 0)
        name = sts__body_keep(body, name, len - keyword_len);
    return name;
}

struct sts__field sts__body_field(struct sts__body *body, const char *name)
{
    static const char labels[] = "labels.";
    const char *bare = bare_name(body, name);
    struct sts__field field = { .kind = STS__FIELD_LABEL };

    if (sts__search_field(bare) != NULL)
        return *sts__search_field(bare);
    field.text = strncmp(bare, labels, strlen(labels)) == 0 ? bare + strlen(labels) : bare;
    if (field.text[0] == '\0' || strpbrk(field.text, "=~!,") != NULL)
        sts__body_fail(body, STS_E_USAGE, "no field can have the name [%.60s]", name);
    return field;
}
