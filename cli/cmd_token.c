/* SPDX-License-Identifier: MIT */
/*
 * cmd_token.c - statslice token: who may use a server on a store.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <statslice/store.h>

#include "cli/command.h"
#include "cli/out.h"
#include "cli/report.h"
#include "cli/verbs.h"
#include "serve/secret.h"

static struct {
    const char *name, *role;
} opts;

static const struct cli_option options[] = {
    {
        .name = "name",
        .kind = CLI_TEXT,
        .argument = "NAME",
        .help = "what the token is called in lists and logs",
        .target = &opts.name,
    },
    {
        .name = "role",
        .kind = CLI_TEXT,
        .argument = "ROLE",
        .help = "ingest (send profiles), read (ask, and see the page) or admin (both, and metrics)",
        .target = &opts.role,
    },
};

static const struct cli_example examples[] = {
    { "statslice token add profiles.db --role ingest --name shop",
      "Make a token for services, and print it, once." },
    { "statslice token list profiles.db", "Say which there are." },
    { "statslice token remove profiles.db --name shop", "It is refused within a second." },
};

static bool is_role(const char *role)
{
    return strcmp(role, "ingest") == 0 || strcmp(role, "read") == 0 || strcmp(role, "admin") == 0;
}

static bool is_name(const char *name)
{
    size_t len = strlen(name);

    if (len == 0 || len >= STS_TOKEN_NAME_BYTES)
        return false;
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)name[i] < 0x21 || name[i] == 0x7F)
            return false;
    return true;
}

static int add(struct sts_store *store, struct sts_sink *sink, struct sts_error *err)
{
    struct sts_store_token token = { .created_ns = (int64_t)time(NULL) * 1000000000 };
    char secret[STS__SECRET_BYTES];
    int r;

    if (opts.role == NULL || !is_role(opts.role))
        return cli_fail(err, STS_E_USAGE, "a token needs a role: --role ingest, read or admin");
    if (!is_name(opts.name))
        return cli_fail(err, STS_E_USAGE, "a name is of 1 to %d characters without blanks",
                        STS_TOKEN_NAME_BYTES - 1);
    memcpy(token.name, opts.name, strlen(opts.name) + 1);
    memcpy(token.role, opts.role, strlen(opts.role) + 1);
    r = sts__secret_make(secret, err);
    if (r < 0)
        return r;
    sts__secret_hash(secret, token.hash);
    r = sts_store_token_add(store, &token, err);
    if (r == 0)
        cli_put_format(sink, "%s\n", secret);
    return r;
}

static int list(struct sts_store *store, struct sts_sink *sink, struct sts_error *err)
{
    struct sts_store_token *tokens = NULL;
    size_t count = 0;
    int r = sts_store_tokens(store, &tokens, &count, err);

    for (size_t i = 0; r == 0 && i < count; i++) {
        time_t seconds = (time_t)(tokens[i].created_ns / 1000000000);
        char when[CLI_TIME_TEXT_BYTES];
        struct tm parts;
        if (gmtime_r(&seconds, &parts) == NULL ||
            strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
            memcpy(when, "?", 2);
        cli_put_format(sink, "%-8s %s  ", tokens[i].role, when);
        cli_put_shown(sink, tokens[i].name);
        cli_put(sink, "\n");
    }
    free(tokens);
    return r;
}

static int remove_token(struct sts_store *store, struct sts_sink *sink, struct sts_error *err)
{
    (void)sink;
    return sts_store_token_remove(store, opts.name, err);
}

static const struct action {
    const char *name;
    bool needs_name;
    struct sts_store_options store;
    int (*run)(struct sts_store *store, struct sts_sink *sink, struct sts_error *err);
} actions[] = {
    { "add", true, { .creates = true }, add },
    { "list", false, { .writes = false }, list },
    { "remove", true, { .writes = true }, remove_token },
};

static int act(const struct action *action, const char *path, struct sts_error *err)
{
    struct sts_sink *sink = NULL;
    struct sts_store *store = NULL;
    int r, closed;

    if (action->needs_name && opts.name == NULL)
        return cli_fail(err, STS_E_USAGE, "which token? say --name NAME");
    r = sts_store_open(path, &action->store, &store, err);
    if (r == 0)
        r = sts_sink_open_fd(STDOUT_FILENO, "standard output", &sink, err);
    if (r == 0)
        r = action->run(store, sink, err);
    sts_store_close(store);
    closed = sts_sink_close(sink, r == 0 ? err : NULL);
    return r < 0 ? r : closed;
}

static int run(const struct cli_context *context, struct sts_error *err)
{
    const struct cli_list *operands = &context->operands.list;

    if (operands->count == 2)
        for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++)
            if (strcmp(actions[i].name, operands->items[0]) == 0)
                return act(&actions[i], operands->items[1], err);
    return cli_fail(err, STS_E_USAGE,
                    "say token add STORE, token list STORE or token remove STORE");
}

const struct cli_command cmd_token = {
    .name = "token",
    .summary = "who may use a server on a store",
    .operands = "add|list|remove STORE",
    .description =
        "A server (see serve) on a store that has tokens answers only those who show one, as "
        "\"Authorization: Bearer TOKEN\". A token is printed when it is made, and never again: the "
        "store keeps its hash. Where a store has none, whoever reaches the server may do all.",
    .options = options,
    .option_count = sizeof(options) / sizeof(*options),
    .examples = examples,
    .example_count = sizeof(examples) / sizeof(*examples),
    .run = run,
};
