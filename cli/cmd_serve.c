/* SPDX-License-Identifier: MIT */
/*
 * cmd_serve.c - statslice serve: a store for a team, over HTTP.
 */
#include <stdio.h>
#include <time.h>

#include "cli/command.h"
#include "cli/report.h"
#include "cli/signals.h"
#include "cli/verbs.h"
#include "serve/server.h"

#define LISTEN_DEFAULT "127.0.0.1:8521"
#define PAUSE_NS       50000000 /* between two looks for a signal */

static struct {
    const char *listen, *certificate, *key;
    bool insecure;
} opts = { .listen = LISTEN_DEFAULT };

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
};

static const struct cli_example examples[] = {
    { "statslice serve profiles.db", "Serve a store, and its page, on this machine." },
    { "statslice serve profiles.db --listen 0.0.0.0:8521 --tls-cert cert.pem --tls-key key.pem",
      "Serve a team. The store has tokens." },
};

static int run(const struct cli_context *context, struct sts_error *err)
{
    struct sts__server_options server_options = {
        .listen = opts.listen,
        .certificate_path = opts.certificate,
        .key_path = opts.key,
        .is_open = opts.insecure,
    };
    const struct timespec pause = { 0, PAUSE_NS };
    struct sts__server *server = NULL;
    int r;

    if (context->operands.list.count != 1)
        return cli_fail(err, STS_E_USAGE, "one store is served, and has to be named");
    server_options.store_path = context->operands.list.items[0];
    cli_signals_defer(true);
    r = sts__server_start(&server_options, &server, err);
    if (r < 0)
        return r;
    fprintf(stderr, "statslice: serving %s on %s\n", server_options.store_path,
            sts__server_url(server));
    while (cli_signals_stopped_by() == 0)
        (void)nanosleep(&pause, NULL);
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
