/* SPDX-License-Identifier: MIT */
/*
 * fleet.c - see fleet.h.
 *
 * Chance: a hash of (seed, what it is for, place), not a sequence, so that nothing depends on the
 * order of asking. A normal deviate is a sum of four even ones: near enough, and cut at 3.5 sigma.
 */
#include "fleet.h"

#include <math.h>
#include <stdlib.h>

#define DAY_S         86400
#define DEPLOY_S      (6 * 3600 + 1234) /* not on the edge of any slice */
#define DEPLOY_SHARE  0.04              /* of the functions change */
#define BUSIEST_CALLS 400000.0          /* of the first function in a slice */
#define ZIPF          1.55
#define CALL_NS_MIN   40.0
#define BELOW_NS_MAX  80e9 /* eight threads are busy with it all the time */
#define FEW_CALLS     30.0 /* under it: by Poisson's law */
#define LEAF_SHARE    0.5
#define RECURSIVE     0.04

struct function {
    double calls;     /* in a slice */
    double call_ns;   /* own time per call */
    double below;     /* time in callees, in own times; 0: a leaf */
    double recursion; /* share of the calls, at most */
    double swing;     /* sigma of the calls' logarithm */
};

struct process {
    double *levels; /* by function: what this process and its last deploys make of call_ns */
    int64_t deploys;
};

struct fleet {
    struct fleet_options options;
    struct function *functions; /* of all services */
    struct process *processes;
    uint64_t next; /* slice * process_count + process */
};

enum purpose { RANK, CALLS, CALL_NS, BELOW, KIND, SWING, LEVEL, DEPLOY, LOAD, OWN, COUNT, PHASE };

static uint64_t mix(uint64_t word)
{
    word ^= word >> 32;
    word *= UINT64_C(0xd6e8feb86659fd93);
    word ^= word >> 32;
    word *= UINT64_C(0xd6e8feb86659fd93);
    return word ^ word >> 32;
}

static uint64_t chance(const struct fleet *fleet, enum purpose purpose, uint64_t a, uint64_t b)
{
    uint64_t word = mix(fleet->options.seed * 64 + purpose);
    return mix(mix(word + a * UINT64_C(0x9e3779b97f4a7c15)) + b * UINT64_C(0xbf58476d1ce4e5b9));
}

static double even(uint64_t word) /* [0, 1) */
{
    return (double)(word >> 11) * 0x1p-53;
}

static double normal(uint64_t word)
{
    uint64_t sum = (word & 0xffff) + (word >> 16 & 0xffff) + (word >> 32 & 0xffff) + (word >> 48);
    return ((double)sum / 65536 - 2) * 1.7320508;
}

static double log_even(uint64_t word, double low, double high)
{
    return low * exp(even(word) * log(high / low));
}

static struct function make_function(const struct fleet *fleet, uint32_t id, uint32_t rank)
{
    struct function made = { .calls = BUSIEST_CALLS / pow(rank + 1, ZIPF) };
    double kind = even(chance(fleet, KIND, id, 0));
    double own_ns = log_even(chance(fleet, CALL_NS, id, 0), 100, 1e8);

    made.call_ns = fmax(own_ns / made.calls, CALL_NS_MIN);
    if (kind >= LEAF_SHARE)
        made.below = log_even(chance(fleet, BELOW, id, 0), 0.1, 1000);
    if (kind >= 1 - RECURSIVE)
        made.recursion = 0.2 + 0.7 * even(chance(fleet, KIND, id, 1));
    made.swing = log_even(chance(fleet, SWING, id, 0), 0.05, 0.5);
    return made;
}

/* Ranks in no order: each function changes places with one before it. */
static void shuffle(const struct fleet *fleet, uint32_t service, uint32_t *ranks, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t other = (uint32_t)(chance(fleet, RANK, service, i) % (i + 1));
        ranks[i] = ranks[other];
        ranks[other] = i;
    }
}

static bool make_functions(struct fleet *fleet)
{
    uint32_t count = fleet->options.function_count;
    uint32_t *ranks = calloc(count, sizeof(*ranks));

    if (ranks == NULL)
        return false;
    for (uint32_t service = 0; service < fleet->options.service_count; service++) {
        shuffle(fleet, service, ranks, count);
        for (uint32_t i = 0; i < count; i++) {
            uint32_t id = service * count + i;
            fleet->functions[id] = make_function(fleet, id, ranks[i]);
        }
    }
    free(ranks);
    return true;
}

struct fleet *fleet_new(const struct fleet_options *options)
{
    struct fleet *fleet = calloc(1, sizeof(*fleet));
    bool fine;

    if (fleet == NULL)
        return NULL;
    fleet->options = *options;
    fleet->functions =
        calloc((size_t)options->service_count * options->function_count, sizeof(*fleet->functions));
    fleet->processes = calloc(options->process_count, sizeof(*fleet->processes));
    fine = fleet->functions != NULL && fleet->processes != NULL && make_functions(fleet);
    for (uint32_t p = 0; fine && p < options->process_count; p++) {
        fleet->processes[p].levels = calloc(options->function_count, sizeof(double));
        fleet->processes[p].deploys = -1;
        fine = fleet->processes[p].levels != NULL;
    }
    if (!fine) {
        fleet_free(fleet);
        return NULL;
    }
    return fleet;
}

void fleet_free(struct fleet *fleet)
{
    if (fleet == NULL)
        return;
    for (uint32_t p = 0; fleet->processes != NULL && p < fleet->options.process_count; p++)
        free(fleet->processes[p].levels);
    free(fleet->processes);
    free(fleet->functions);
    free(fleet);
}

/* What stays of all deploys up to now. Deploys are the service's, so that its processes share them.
 */
static void deploy(const struct fleet *fleet, uint32_t process, uint32_t service, int64_t deploys)
{
    struct process *self = &fleet->processes[process];

    if (self->deploys == deploys)
        return;
    for (uint32_t i = 0; i < fleet->options.function_count; i++) {
        uint64_t id = (uint64_t)service * fleet->options.function_count + i;
        double level = 0.1 * normal(chance(fleet, LEVEL, process, i));
        for (int64_t d = deploys; d > 0; d--) {
            if (even(chance(fleet, DEPLOY, id, (uint64_t)d * 2)) < DEPLOY_SHARE) {
                level += 0.5 * normal(chance(fleet, DEPLOY, id, (uint64_t)d * 2 + 1));
                break;
            }
        }
        self->levels[i] = exp(level);
    }
    self->deploys = deploys;
}

/* Requests of a process in a slice, 1 on the average: by the hour, and by chance. */
static double load_of(const struct fleet *fleet, uint32_t process, uint64_t slice)
{
    double phase = 0.05 * normal(chance(fleet, PHASE, process, 0));
    double day = (double)(slice * FLEET_SLICE_S) / DAY_S;
    double by_hour = 1 - 0.6 * cos(6.283185307 * (day - phase));

    return by_hour * exp(0.12 * normal(chance(fleet, LOAD, process, slice)));
}

static uint64_t poisson(double mean, uint64_t word)
{
    double p = exp(-mean), below = p, at = even(word);
    uint64_t count = 0;

    while (at >= below && count < 200) {
        count++;
        p *= mean / (double)count;
        below += p;
    }
    return count;
}

static uint64_t calls_of(const struct function *function, double load, uint64_t word)
{
    double mean = function->calls * load;

    if (mean < FEW_CALLS)
        return poisson(mean, word);
    return (uint64_t)(mean * exp(function->swing * normal(word)) + 0.5);
}

static bool make_row(const struct fleet *fleet, const struct function *function, double load,
                     double level, uint64_t place, struct fleet_row *row)
{
    uint64_t word = chance(fleet, OWN, place, row->function);
    double calls, own_ns, below_ns;

    row->ncalls = calls_of(function, load, chance(fleet, COUNT, place, row->function));
    if (row->ncalls == 0)
        return false;
    calls = (double)row->ncalls;
    own_ns = calls * function->call_ns * level * exp((0.05 + 0.4 / sqrt(calls)) * normal(word));
    below_ns = own_ns * function->below * exp(0.2 * normal(mix(word)));
    row->pcalls = row->ncalls - (uint64_t)(calls * function->recursion * even(mix(word + 1)));
    row->tottime_ns = (int64_t)own_ns + 1;
    row->cumtime_ns = row->tottime_ns + (int64_t)fmin(below_ns, BELOW_NS_MAX);
    return true;
}

static bool make_hard_row(const struct fleet *fleet, uint64_t place, struct fleet_row *row)
{
    row->ncalls = (uint64_t)log_even(chance(fleet, COUNT, place, row->function), 1, 1e6);
    row->pcalls = row->ncalls;
    row->tottime_ns = (int64_t)log_even(chance(fleet, OWN, place, row->function), 1e3, 1e9);
    row->cumtime_ns =
        row->tottime_ns + (int64_t)log_even(chance(fleet, BELOW, place, row->function), 1e3, 1e9);
    return true;
}

bool fleet_next(struct fleet *fleet, struct fleet_profile *profile)
{
    const struct fleet_options *options = &fleet->options;
    uint64_t place = fleet->next++, slice = place / options->process_count;
    uint32_t process = (uint32_t)(place % options->process_count);
    uint32_t service = process % options->service_count;
    double load = load_of(fleet, process, slice);

    if (slice >= options->slice_count)
        return false;
    deploy(fleet, process, service, (int64_t)(slice * FLEET_SLICE_S / DEPLOY_S));
    profile->process = process;
    profile->begin_s = FLEET_BEGIN_S + (int64_t)slice * FLEET_SLICE_S;
    profile->row_count = 0;
    for (uint32_t i = 0; i < options->function_count; i++) {
        struct fleet_row *row = &profile->rows[profile->row_count];
        row->function = service * options->function_count + i;
        if (options->hard ? make_hard_row(fleet, place, row)
                          : make_row(fleet, &fleet->functions[row->function], load,
                                     fleet->processes[process].levels[i], place, row))
            profile->row_count++;
    }
    return true;
}
