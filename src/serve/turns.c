/* SPDX-License-Identifier: MIT */
/*
 * turns.c - questions that wait, and whose turn it is.
 *
 * How: each question gets the number of a turn: one more than the asker's last that waits, else
 *      that of now. They stand in a list by that number, which is as short as a queue may be.
 */
#include "serve/turns.h"

#include "serve/exchange_wire.h"

static uint64_t turn_of(const struct sts__turns *turns, uint64_t asker)
{
    uint64_t turn = turns->turn;

    for (const struct sts__exchange *at = turns->first; at != NULL; at = at->next)
        if (at->asker == asker)
            turn = at->turn + 1; /* the list is in order */
    return turn;
}

static void insert(struct sts__turns *turns, struct sts__exchange *exchange)
{
    struct sts__exchange **place = &turns->first;

    while (*place != NULL && (*place)->turn <= exchange->turn)
        place = &(*place)->next;
    exchange->next = *place;
    *place = exchange;
    turns->count++;
}

static struct sts__exchange *take_at(struct sts__turns *turns, struct sts__exchange **place)
{
    struct sts__exchange *exchange = *place;

    *place = exchange->next;
    exchange->next = NULL;
    turns->count--;
    return exchange;
}

struct sts__exchange *sts__turns_add(struct sts__turns *turns, struct sts__exchange *exchange)
{
    struct sts__exchange **last = &turns->first;

    exchange->turn = turn_of(turns, exchange->asker);
    insert(turns, exchange);
    if (turns->count <= turns->max)
        return NULL;
    while ((*last)->next != NULL)
        last = &(*last)->next;
    return take_at(turns, last);
}

struct sts__exchange *sts__turns_take(struct sts__turns *turns, sts__turns_may_fn may,
                                      const void *context)
{
    struct sts__exchange **place = &turns->first;

    while (*place != NULL && !may(context, (*place)->asker))
        place = &(*place)->next;
    if (*place == NULL)
        return NULL;
    if ((*place)->turn > turns->turn)
        turns->turn = (*place)->turn;
    return take_at(turns, place);
}
