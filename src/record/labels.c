/* SPDX-License-Identifier: MIT */
/*
 * labels.c - see labels.h.
 */
#include "record/labels.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

void sts__label_sets_init(struct sts__label_sets *sets, size_t n_sets_max)
{
    memset(sets, 0, sizeof(*sets));
    sets->n_sets_max = n_sets_max;
}

void sts__label_sets_deinit(struct sts__label_sets *sets)
{
    struct sts__labels *labels;

    while ((labels = sets->first) != NULL) {
        sets->first = labels->next;
        free(labels);
    }
    sets->n_sets = 0;
}

static int compare_keys(const void *one, const void *other)
{
    return strcmp(((const struct sts__label *)one)->key, ((const struct sts__label *)other)->key);
}

/* The later one of equal keys, sorted. Returns: how many are left. */
static size_t sort_labels(const struct sts__label *labels, size_t n_labels,
                          struct sts__label *sorted)
{
    size_t n = 0, i, k;

    for (i = 0; i < n_labels; i++) {
        for (k = 0; k < n && strcmp(sorted[k].key, labels[i].key) != 0; k++)
            ;
        if (k == STS__LABELS_OF_SET_MAX)
            continue;
        sorted[k] = labels[i];
        n += k == n;
    }
    qsort(sorted, n, sizeof(sorted[0]), compare_keys);
    return n;
}

static size_t text_bytes(const char *text)
{
    return strnlen(text, STS__LABEL_BYTES_MAX);
}

static uint64_t hash_labels(const struct sts__label *labels, size_t n_labels)
{
    uint64_t hash = n_labels;
    size_t i;

    for (i = 0; i < n_labels; i++) {
        hash = sts__hash_u64(hash ^ sts__hash_bytes(labels[i].key, text_bytes(labels[i].key)));
        hash = sts__hash_u64(hash + sts__hash_bytes(labels[i].value, text_bytes(labels[i].value)));
    }
    return hash;
}

static bool same_start(const char *stored, const char *text)
{
    size_t len = text_bytes(text);

    return strncmp(stored, text, len) == 0 && stored[len] == '\0';
}

static bool same_labels(const struct sts__labels *set, const struct sts__label *labels,
                        size_t n_labels)
{
    size_t i;

    if (set->n_labels != n_labels)
        return false;
    for (i = 0; i < n_labels; i++) {
        if (!same_start(set->labels[i].key, labels[i].key) ||
            !same_start(set->labels[i].value, labels[i].value))
            return false;
    }
    return true;
}

static const char *put_text(char **at, const char *text)
{
    size_t len = text_bytes(text);
    char *copy = *at;

    memcpy(copy, text, len);
    copy[len] = '\0';
    *at += len + 1;
    return copy;
}

static struct sts__labels *new_set(const struct sts__label *labels, size_t n_labels)
{
    size_t bytes = sizeof(struct sts__labels) + n_labels * sizeof(labels[0]), i;
    struct sts__labels *set;
    char *at;

    for (i = 0; i < n_labels; i++)
        bytes += text_bytes(labels[i].key) + text_bytes(labels[i].value) + 2;
    set = calloc(1, bytes);
    if (set == NULL)
        return NULL;
    set->n_labels = n_labels;
    at = (char *)&set->labels[n_labels];
    for (i = 0; i < n_labels; i++) {
        set->labels[i].key = put_text(&at, labels[i].key);
        set->labels[i].value = put_text(&at, labels[i].value);
    }
    return set;
}

static struct sts__labels *find_or_add(struct sts__label_sets *sets,
                                       const struct sts__label *labels, size_t n_labels,
                                       size_t n_sets_max)
{
    uint64_t hash = hash_labels(labels, n_labels);
    struct sts__labels *set;

    for (set = sets->first; set != NULL; set = set->next) {
        if (set->hash == hash && same_labels(set, labels, n_labels))
            break;
    }
    if (set == NULL && sets->n_sets < n_sets_max) {
        set = new_set(labels, n_labels);
        if (set != NULL) {
            set->hash = hash;
            set->next = sets->first;
            sets->first = set;
            sets->n_sets++;
        }
    }
    if (set != NULL)
        set->n_uses++;
    return set;
}

struct sts__labels *sts__labels_of(struct sts__label_sets *sets, const struct sts__label *labels,
                                   size_t n_labels)
{
    const struct sts__label overflow = { STS__LABEL_OVERFLOW_KEY, STS__LABEL_OVERFLOW_TEXT };
    struct sts__label sorted[STS__LABELS_OF_SET_MAX];
    struct sts__labels *set;

    n_labels = sort_labels(labels, n_labels, sorted);
    set = find_or_add(sets, sorted, n_labels, sets->n_sets_max);
    if (set != NULL)
        return set;
    sets->n_overflows++;
    return find_or_add(sets, &overflow, 1, sets->n_sets_max + 1);
}

void sts__labels_drop(struct sts__labels *labels)
{
    if (labels != NULL)
        labels->n_uses--;
}

void sts__label_sets_sweep(struct sts__label_sets *sets, uint64_t written_serial)
{
    struct sts__labels **link = &sets->first, *set;

    while ((set = *link) != NULL) {
        if (set->n_uses != 0 || set->last_serial > written_serial) {
            link = &set->next;
            continue;
        }
        *link = set->next;
        sets->n_sets--;
        free(set);
    }
}
