/* SPDX-License-Identifier: MIT */
/*
 * cmd_serve.c - statslice serve: a store for a team, over HTTP.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <statslice/amount.h>

#include "cli/command.h"
#include "cli/notify.h"
#include "cli/report.h"
#include "cli/signals.h"
#include "cli/verbs.h"
#include "serve/server.h"

#define LISTEN_DEFAULT       "127.0.0.1:8521"
#define RATE_MAX             1000000
#define QUEUE_MAX            4096
#define CONNECTIONS_MAX      3000 /* each is a file, and 4096 may be open */
#define CACHE_BYTES_DEFAULT  ((uint64_t)64 << 20)
#define CACHE_BYTES_MAX      ((uint64_t)64 << 30)
#define METRIC_FUNCTIONS_MAX 1000
#define PAUSE_NS             50000000 /* between two looks for a signal */

static struct {
    const char *listen, *certificate, *key;
    const char *access_log, *access_log_format;
    const char *query_time, *request_time, *rate, *metric_functions, *queue;
    const char *cache, *connections, *address_connections;
    bool insecure;
} opts = { .listen = LISTEN_DEFAULT, .access_log = "-" };

static const struct cli_option options[] = {
    {
        .name = "listen",
        .kind = CLI_TEXT,
        .argument = "ADDRESS",
        .help = "HOST:PORT, [IPV6]:PORT; port 0 is any free one; default " LISTEN_DEFAULT,
        .target = &opts.listen,
    },
    {
        .name = "tls-cert",
        .kind = CLI_TEXT,
        .argument = "FILE",
        .help = "serve HTTPS with this certificate (PEM, with what it was signed by behind it)",
        .target = &opts.certificate,
    },
    {
        .name = "tls-key",
        .kind = CLI_TEXT,
        .argument = "FILE",
        .help = "the certificate's key (PEM)",
        .target = &opts.key,
    },
    {
        .name = "insecure",
        .help = "listen beyond this machine without tokens, or without TLS",
        .target = &opts.insecure,
    },
    {
        .name = "access-log",
        .kind = CLI_TEXT,
        .argument = "FILE",
        .help = "one line for each request; \"-\" is standard error, the default; off: none",
        .target = &opts.access_log,
    },
    {
        .name = "access-log-format",
        .kind = CLI_TEXT,
        .argument = "FORMAT",
        .help = "text, the default, or json",
        .target = &opts.access_log_format,
    },
    {
        .name = "rate-limit",
        .kind = CLI_TEXT,
        .argument = "N",
        .help = "requests a second of each token, or of each address; default: any number",
        .target = &opts.rate,
    },
    {
        .name = "queue",
        .kind = CLI_TEXT,
        .argument = "N",
        .help =
            "questions that may wait for a core; beyond it who asks most is told to come again; "
            "default 256",
        .target = &opts.queue,
    },
    {
        .name = "cache",
        .kind = CLI_TEXT,
        .argument = "SIZE",
        .help = "answers that are kept for who asks the same; 0: none; default 64MiB",
        .target = &opts.cache,
    },
    {
        .name = "connections",
        .kind = CLI_TEXT,
        .argument = "N",
        .help = "connections at a time, at most 3000; default 1024",
        .target = &opts.connections,
    },
    {
        .name = "address-connections",
        .kind = CLI_TEXT,
        .argument = "N",
        .help = "of them, those of one address; as many as all behind a proxy; default 256",
        .target = &opts.address_connections,
    },
    {
        .name = "query-time",
        .kind = CLI_TEXT,
        .argument = "DURATION",
        .help = "a question that takes longer is given up; default 30s",
        .target = &opts.query_time,
    },
    {
        .name = "request-time",
        .kind = CLI_TEXT,
        .argument = "DURATION",
        .help = "a request that takes longer to come in is cut; default 60s",
        .target = &opts.request_time,
    },
    {
        .name = "metrics-functions",
        .kind = CLI_TEXT,
        .argument = "N",
        .help = "of how many functions /metrics tells the own time of the last five minutes",
        .target = &opts.metric_functions,
    },
};

static const struct cli_example examples[] = {
    { "statslice serve profiles.db", "Serve a store, and its page, on this machine." },
    { "statslice serve team.db --listen [::]:8521 --tls-cert c.pem --tls-key k.pem",
      "Serve a team. The store has tokens." },
};

static int parse_time(const char *name, const char *text, int64_t *ret_ns, struct sts_error *err)
{
    int r;

    if (text == NULL)
        return 0;
    r = sts_duration_parse(text, ret_ns, err);
    if (r == 0 && *ret_ns <= 0)
        r = cli_fail(err, STS_E_USAGE, "--%s \"%.40s\" is no time to wait", name, text);
    return r;
}

static int parse_count(const char *name, const char *text, uint32_t max, uint32_t *ret_count,
                       struct sts_error *err)
{
    char *end;
    unsigned long count;

    if (text == NULL)
        return 0;
    count = strtoul(text, &end, 10);
    if (end == text || *end != '\0' || text[0] == '-' || count > max)
        return cli_fail(err, STS_E_USAGE, "--%s takes a number up to %u, not \"%.40s\"", name, max,
                        text);
    *ret_count = (uint32_t)count;
    return 0;
}

static int take_cache(struct sts__server_options *taken, struct sts_error *err)
{
    uint64_t bytes = CACHE_BYTES_DEFAULT;
    int r = opts.cache == NULL ? 0 : sts_size_parse(opts.cache, &bytes, err);

    if (r >= 0 && bytes > CACHE_BYTES_MAX)
        r = cli_fail(err, STS_E_USAGE, "--cache \"%.40s\" is too large", opts.cache);
    taken->answers_bytes_max = (size_t)bytes;
    return r;
}

static int take_options(struct sts__server_options *taken, struct sts_error *err)
{
    int r = parse_time("query-time", opts.query_time, &taken->query_ns, err);

    taken->listen = opts.listen;
    taken->certificate_path = opts.certificate;
    taken->key_path = opts.key;
    taken->is_open = opts.insecure;
    taken->access_log_path = strcmp(opts.access_log, "off") == 0 ? NULL : opts.access_log;
    if (r >= 0)
        r = parse_time("request-time", opts.request_time, &taken->reading_ns, err);
    if (r >= 0)
        r = parse_count("rate-limit", opts.rate, RATE_MAX, &taken->rate_per_s, err);
    if (r >= 0)
        r = parse_count("queue", opts.queue, QUEUE_MAX, &taken->queue_max, err);
    if (r >= 0)
        r = parse_count("connections", opts.connections, CONNECTIONS_MAX, &taken->connections_max,
                        err);
    if (r >= 0)
        r = parse_count("address-connections", opts.address_connections, CONNECTIONS_MAX,
                        &taken->peer_connections_max, err);
    if (r >= 0)
        r = take_cache(taken, err);
    if (r >= 0)
        r = parse_count("metrics-functions", opts.metric_functions, METRIC_FUNCTIONS_MAX,
                        &taken->metric_functions, err);
    if (r < 0 || opts.access_log_format == NULL)
        return r;
    taken->access_log_json = strcmp(opts.access_log_format, "json") == 0;
    if (!taken->access_log_json && strcmp(opts.access_log_format, "text") != 0)
        return cli_fail(err, STS_E_USAGE, "--access-log-format takes text or json, not \"%.40s\"",
                        opts.access_log_format);
    return 0;
}

static int run(const struct cli_context *context, struct sts_error *err)
{
    const struct timespec pause = { 0, PAUSE_NS };
    struct sts__server_options server_options = { 0 };
    struct sts__server *server = NULL;
    int r;

    if (context->operands.list.count != 1)
        return cli_fail(err, STS_E_USAGE, "one store is served, and has to be named");
    server_options.store_path = context->operands.list.items[0];
    r = take_options(&server_options, err);
    if (r < 0)
        return r;
    cli_signals_defer(true);
    r = sts__server_start(&server_options, &server, err);
    if (r < 0)
        return r;
    fprintf(stderr, "statslice: serving %s on %s\n", server_options.store_path,
            sts__server_url(server));
    cli_notify("READY=1\nSTATUS=serving");
    while (cli_signals_stopped_by() == 0) {
        (void)nanosleep(&pause, NULL);
        cli_notify_alive();
    }
    cli_notify("STOPPING=1");
    sts__server_stop(server);
    return 0;
}

const struct cli_command cmd_serve = {
    .name = "serve",
    .summary = "serve a store over HTTP, with a page",
    .operands = "STORE",
    .description =
        "Takes profiles over HTTP into a store, answers queries of it, and shows a page with its "
        "slices. Ends at SIGTERM or Ctrl-C, when what was asked is answered and "
        "what was taken is stored.\n\n"
        "Beyond this machine it listens only where the store has tokens (see token) and TLS is "
        "there, or where --insecure says so.",
    .options = options,
    .option_count = sizeof(options) / sizeof(*options),
    .examples = examples,
    .example_count = sizeof(examples) / sizeof(*examples),
    .run = run,
};
