/* SPDX-License-Identifier: MIT */
/*
 * curl_transport.c - see curl_transport.h.
 *
 * How:  by curl's multi interface, which comes back while the server does not. Names are resolved
 *       in a thread of curl's own, which has its caller's blocked signals.
 * Why:  everything that curl would ask of the environment is set, as other threads may be changing
 *       that meanwhile. Redirects are not followed: a token goes where it was meant for alone.
 * Fork: connections are closed before one, by the thread that forks; it must not be killed by a
 *       server that has gone (SIGPIPE).
 */
#include "http/curl_transport.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <curl/curl.h>

#include <statslice/statslice.h>

#include "base/bytes.h"
#include "base/fail.h"
#include "base/mem.h"

#define PATH             "api/v1/profiles"
#define POLL_MS          1000 /* wake ends it earlier */
#define CONNECT_MS       5000L
#define REQUEST_MS       30000L
#define ANSWER_BYTES_MAX ((size_t)1 << 20)
#define NS_PER_S         INT64_C(1000000000)

struct curl_transport {
    char *url, *token, *ca, *proxy, *no_proxy; /* owned; NULL: none */
    _Atomic(CURLM *) multi;                    /* NULL: not made yet */
    CURL *easy;
    struct curl_slist *headers;
    struct sts__bytes answer;
    bool is_under_way;
    bool is_answer_too_long;
    char reason[CURL_ERROR_SIZE];
};

/* --- a process that has no handles, and has them again --- */

static int add_header(struct curl_transport *transport, const char *name, const char *value)
{
    char line[64];
    struct curl_slist *longer;

    snprintf(line, sizeof(line), "%s:%s%s", name, value[0] == '\0' ? "" : " ", value);
    longer = curl_slist_append(transport->headers, line);
    if (longer != NULL)
        transport->headers = longer;
    return longer == NULL ? STS_E_NOMEM : 0;
}

/* A name alone keeps curl's own header away: nobody is to ask for the body first. */
static int make_headers(struct curl_transport *transport, const char *encoding)
{
    if (add_header(transport, "Content-Type", "application/x-ndjson") < 0 ||
        add_header(transport, "Expect", "") < 0)
        return STS_E_NOMEM;
    return encoding[0] == '\0' ? 0 : add_header(transport, "Content-Encoding", encoding);
}

static size_t take_answer(char *data, size_t size, size_t count, void *context)
{
    struct curl_transport *transport = context;

    sts__bytes_append(&transport->answer, data, size * count);
    transport->is_answer_too_long = transport->answer.status < 0;
    return transport->is_answer_too_long ? 0 : size * count;
}

static CURLcode set_protocols(CURL *easy)
{
#if LIBCURL_VERSION_NUM >= 0x075500
    return curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    return curl_easy_setopt(easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

/* A proxy of "" is none, whatever the environment says. */
static CURLcode set_place(const struct curl_transport *transport, CURL *easy)
{
    const char *proxy = transport->proxy == NULL ? "" : transport->proxy;
    const char *no_proxy = transport->no_proxy == NULL ? "" : transport->no_proxy;
    CURLcode rc = curl_easy_setopt(easy, CURLOPT_URL, transport->url);

    if (rc == CURLE_OK)
        rc = set_protocols(easy);
    if (rc == CURLE_OK)
        rc = curl_easy_setopt(easy, CURLOPT_PROXY, proxy);
    if (rc == CURLE_OK)
        rc = curl_easy_setopt(easy, CURLOPT_NOPROXY, proxy[0] == '\0' ? "*" : no_proxy);
    if (rc == CURLE_OK && transport->ca != NULL)
        rc = curl_easy_setopt(easy, CURLOPT_CAINFO, transport->ca);
    if (rc == CURLE_OK && transport->token != NULL)
        rc = curl_easy_setopt(easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER);
    if (rc == CURLE_OK && transport->token != NULL)
        rc = curl_easy_setopt(easy, CURLOPT_XOAUTH2_BEARER, transport->token);
    return rc;
}

static CURLcode set_manners(struct curl_transport *transport, CURL *easy)
{
    const struct {
        CURLoption option;
        long value;
    } numbers[] = {
        { CURLOPT_NOSIGNAL, 1 },
        { CURLOPT_FOLLOWLOCATION, 0 },
        { CURLOPT_SSL_VERIFYPEER, 1 },
        { CURLOPT_SSL_VERIFYHOST, 2 },
        { CURLOPT_NETRC, CURL_NETRC_IGNORED },
        { CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS },
        { CURLOPT_TIMEOUT_MS, REQUEST_MS },
        { CURLOPT_POST, 1 },
#if LIBCURL_VERSION_NUM >= 0x075700
        { CURLOPT_QUICK_EXIT, 1 }, /* a resolver that hangs is left to itself */
#endif
    };
    CURLcode rc = CURLE_OK;
    char agent[40];

    snprintf(agent, sizeof(agent), "statslice/%s", sts_version());
    for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers) && rc == CURLE_OK; i++)
        rc = curl_easy_setopt(easy, numbers[i].option, numbers[i].value);
    if (rc == CURLE_OK)
        rc = curl_easy_setopt(easy, CURLOPT_USERAGENT, agent);
    if (rc == CURLE_OK)
        rc = curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_answer);
    if (rc == CURLE_OK)
        rc = curl_easy_setopt(easy, CURLOPT_WRITEDATA, transport);
    if (rc == CURLE_OK)
        rc = curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transport->reason);
    return rc;
}

static int fail_curl(CURLcode rc, struct sts_error *err)
{
    if (rc == CURLE_OUT_OF_MEMORY)
        return sts__fail_nomem(err);
    return sts__fail(err, STS_E_UNSUPPORTED, "libcurl: %.160s", curl_easy_strerror(rc));
}

static int make_handles(struct curl_transport *transport, struct sts_error *err)
{
    CURLM *multi = atomic_load(&transport->multi);
    CURLcode rc;

    if (multi == NULL) {
        multi = curl_multi_init();
        atomic_store(&transport->multi, multi);
    }
    if (multi == NULL)
        return sts__fail_nomem(err);
    if (transport->easy != NULL)
        return 0;
    transport->easy = curl_easy_init();
    if (transport->easy == NULL)
        return sts__fail_nomem(err);
    rc = set_place(transport, transport->easy);
    if (rc == CURLE_OK)
        rc = set_manners(transport, transport->easy);
    if (rc == CURLE_OK)
        return 0;
    curl_easy_cleanup(transport->easy);
    transport->easy = NULL;
    return fail_curl(rc, err);
}

/* A signal of this thread's that came since is_pending was asked, and that nobody saw. */
static void take_sigpipe(const sigset_t *pipe_alone, bool was_pending)
{
    const struct timespec at_once = { 0, 0 };

    if (!was_pending)
        while (sigtimedwait(pipe_alone, NULL, &at_once) == SIGPIPE)
            continue;
}

static bool is_sigpipe_pending(void)
{
    sigset_t pending;

    return sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1;
}

static void drop_request(struct curl_transport *transport)
{
    CURLM *multi = atomic_load(&transport->multi);

    if (transport->is_under_way)
        (void)curl_multi_remove_handle(multi, transport->easy);
    transport->is_under_way = false;
    curl_slist_free_all(transport->headers);
    transport->headers = NULL;
}

static void let_go(void *context)
{
    struct curl_transport *transport = context;
    CURLM *multi = atomic_load(&transport->multi);
    sigset_t pipe_alone, before;
    bool was_pending = is_sigpipe_pending();

    (void)sigemptyset(&pipe_alone);
    (void)sigaddset(&pipe_alone, SIGPIPE);
    (void)pthread_sigmask(SIG_BLOCK, &pipe_alone, &before);
    drop_request(transport);
    if (transport->easy != NULL)
        curl_easy_cleanup(transport->easy);
    transport->easy = NULL;
    atomic_store(&transport->multi, NULL);
    if (multi != NULL)
        (void)curl_multi_cleanup(multi);
    take_sigpipe(&pipe_alone, was_pending);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* --- a request --- */

static int begin(void *context, const struct sts__bytes *body, const char *encoding,
                 struct sts_error *err)
{
    struct curl_transport *transport = context;
    int r = make_handles(transport, err);
    CURLcode rc;

    if (r < 0)
        return r;
    if (make_headers(transport, encoding) < 0) {
        drop_request(transport);
        return sts__fail_nomem(err);
    }
    sts__bytes_clear(&transport->answer);
    transport->reason[0] = '\0';
    transport->is_answer_too_long = false;
    rc = curl_easy_setopt(transport->easy, CURLOPT_HTTPHEADER, transport->headers);
    if (rc == CURLE_OK)
        rc = curl_easy_setopt(transport->easy, CURLOPT_POSTFIELDS, body->data);
    if (rc == CURLE_OK)
        rc = curl_easy_setopt(transport->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body->len);
    if (rc == CURLE_OK &&
        curl_multi_add_handle(atomic_load(&transport->multi), transport->easy) != CURLM_OK)
        rc = CURLE_OUT_OF_MEMORY;
    transport->is_under_way = rc == CURLE_OK;
    if (rc != CURLE_OK)
        drop_request(transport);
    return rc == CURLE_OK ? 0 : fail_curl(rc, err);
}

static void read_result(struct curl_transport *transport, CURLcode rc,
                        struct sts__post_result *ret_result)
{
    long status = 0;
    curl_off_t seconds = 0;

    (void)curl_easy_getinfo(transport->easy, CURLINFO_RESPONSE_CODE, &status);
    (void)curl_easy_getinfo(transport->easy, CURLINFO_RETRY_AFTER, &seconds);
    if (seconds > 86400)
        seconds = 86400;
    ret_result->body = transport->answer.data == NULL ? "" : transport->answer.data;
    ret_result->body_len = transport->answer.len;
    ret_result->retry_after_ns = (int64_t)seconds * NS_PER_S;
    if (rc == CURLE_OK || (transport->is_answer_too_long && status != 200))
        ret_result->status = (int)status;
    if (ret_result->status != 0)
        return;
    snprintf(ret_result->reason, sizeof(ret_result->reason), "%.199s",
             transport->reason[0] == '\0' ? curl_easy_strerror(rc) : transport->reason);
}

static bool drive(void *context, struct sts__post_result *ret_result)
{
    struct curl_transport *transport = context;
    CURLM *multi = atomic_load(&transport->multi);
    const CURLMsg *message;
    int n_running = 0, n_left;
    CURLMcode rc = curl_multi_perform(multi, &n_running);

    if (rc == CURLM_OK && n_running > 0) {
        (void)curl_multi_poll(multi, NULL, 0, POLL_MS, NULL);
        rc = curl_multi_perform(multi, &n_running);
    }
    if (rc == CURLM_OK && n_running > 0)
        return false;
    message = curl_multi_info_read(multi, &n_left);
    read_result(transport, message == NULL ? CURLE_OUT_OF_MEMORY : message->data.result,
                ret_result);
    drop_request(transport);
    return true;
}

static void wake(void *context)
{
    struct curl_transport *transport = context;
    CURLM *multi = atomic_load(&transport->multi);

    if (multi != NULL)
        (void)curl_multi_wakeup(multi);
}

static void close_transport(void *context)
{
    struct curl_transport *transport = context;

    let_go(transport);
    sts__bytes_deinit(&transport->answer);
    free(transport->url);
    free(transport->token);
    free(transport->ca);
    free(transport->proxy);
    free(transport->no_proxy);
    free(transport);
}

static const struct sts__transport_kind curl_kind = {
    .begin = begin,
    .drive = drive,
    .wake = wake,
    .let_go = let_go,
    .close = close_transport,
};

/* --- opening --- */

/* The server's URL with the path behind its own. */
static int read_url(const char *text, char **ret_url, struct sts_error *err)
{
    CURLU *url = curl_url();
    char *user = NULL, *query = NULL, *fragment = NULL, *whole = NULL;
    size_t len;
    int r = 0;

    if (url == NULL)
        return sts__fail_nomem(err);
    if (curl_url_set(url, CURLUPART_URL, text, 0) != CURLUE_OK)
        r = sts__fail(err, STS_E_USAGE, "\"%.120s\" is not the URL of a server", text);
    else if (curl_url_get(url, CURLUPART_USER, &user, 0) == CURLUE_OK)
        r = sts__fail(err, STS_E_USAGE, "a URL takes no user and no password; give a token");
    else if (curl_url_get(url, CURLUPART_QUERY, &query, 0) == CURLUE_OK ||
             curl_url_get(url, CURLUPART_FRAGMENT, &fragment, 0) == CURLUE_OK)
        r = sts__fail(err, STS_E_USAGE, "\"%.120s\": the URL of a server has no ? and no #", text);
    else if (curl_url_get(url, CURLUPART_URL, &whole, 0) != CURLUE_OK)
        r = sts__fail_nomem(err);
    if (r == 0) {
        len = strlen(whole);
        while (len > 0 && whole[len - 1] == '/')
            len--;
        *ret_url = malloc(len + sizeof("/" PATH));
        if (*ret_url != NULL) {
            memcpy(*ret_url, whole, len);
            memcpy(*ret_url + len, "/" PATH, sizeof("/" PATH));
        }
    }
    if (r == 0 && *ret_url == NULL)
        r = sts__fail_nomem(err);
    curl_free(user);
    curl_free(query);
    curl_free(fragment);
    curl_free(whole);
    curl_url_cleanup(url);
    return r;
}

/* Returns: false when out of memory. */
static bool copy(const char *text, char **ret_copy)
{
    *ret_copy = text == NULL ? NULL : sts__copy_text(text, strlen(text));
    return text == NULL || *ret_copy != NULL;
}

int sts__curl_transport_open(const struct sts__http_options *options,
                             struct sts__transport *ret_transport, struct sts_error *err)
{
    struct curl_transport *transport;
    CURLcode rc = curl_global_init(CURL_GLOBAL_DEFAULT); /* counts; never taken back */
    int r;

    if (rc != CURLE_OK)
        return fail_curl(rc, err);
    transport = calloc(1, sizeof(*transport));
    if (transport == NULL)
        return sts__fail_nomem(err);
    sts__bytes_init(&transport->answer, ANSWER_BYTES_MAX);
    r = read_url(options->url, &transport->url, err);
    if (r == 0 && (!copy(options->token, &transport->token) || !copy(options->ca, &transport->ca) ||
                   !copy(options->proxy, &transport->proxy) ||
                   !copy(options->no_proxy, &transport->no_proxy)))
        r = sts__fail_nomem(err);
    if (r < 0) {
        close_transport(transport);
        return r;
    }
    *ret_transport = (struct sts__transport){ &curl_kind, transport };
    return 0;
}
