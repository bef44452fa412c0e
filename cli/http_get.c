/* SPDX-License-Identifier: MIT */
/*
 * http_get.c - one GET over HTTP, by libcurl.
 *
 * Why: libcurl is loaded when a server is asked: with it come two dozen libraries, and a command
 *      that reads a file would begin later for them.
 */
#include "cli/http_get.h"

#include <curl/curl.h>

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include <statslice/statslice.h>

#include "cli/report.h"

#define CONNECT_S 15L
#define ANSWER_S  300L /* the server gives up long before */

/* Of libcurl, what is used here. */
struct curl_calls {
    CURL *(*easy_init)(void);
    CURLcode (*easy_setopt)(CURL *, CURLoption, ...);
    CURLcode (*easy_perform)(CURL *);
    CURLcode (*easy_getinfo)(CURL *, CURLINFO, ...);
    void (*easy_cleanup)(CURL *);
    const char *(*easy_strerror)(CURLcode);
};

static const struct {
    const char *name;
    size_t at;
} names[] = {
    { "curl_easy_init", offsetof(struct curl_calls, easy_init) },
    { "curl_easy_setopt", offsetof(struct curl_calls, easy_setopt) },
    { "curl_easy_perform", offsetof(struct curl_calls, easy_perform) },
    { "curl_easy_getinfo", offsetof(struct curl_calls, easy_getinfo) },
    { "curl_easy_cleanup", offsetof(struct curl_calls, easy_cleanup) },
    { "curl_easy_strerror", offsetof(struct curl_calls, easy_strerror) },
};

static int load(struct curl_calls *calls, struct sts_error *err)
{
    void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);

    if (library == NULL)
        library = dlopen("libcurl-gnutls.so.4", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        return cli_fail(err, STS_E_UNSUPPORTED,
                        "asking a server needs libcurl, which is not installed (Debian: libcurl4)");
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        void *call = dlsym(library, names[i].name);
        if (call == NULL)
            return cli_fail(err, STS_E_UNSUPPORTED, "libcurl has no %s", names[i].name);
        memcpy((char *)calls + names[i].at, &call, sizeof(call));
    }
    return 0; /* it stays loaded until the command ends */
}

struct getting {
    struct cli_http *http;
    const struct curl_calls *calls;
    CURL *easy;
    size_t refused_len;
};

static size_t take(char *data, size_t one, size_t len, void *context)
{
    struct getting *getting = context;
    struct cli_http *http = getting->http;
    size_t room = sizeof(http->refused) - 1 - getting->refused_len;

    (void)one; /* always 1 */
    if (http->status == 0)
        (void)getting->calls->easy_getinfo(getting->easy, CURLINFO_RESPONSE_CODE, &http->status);
    if (http->status == 200) {
        sts_sink_write(http->sink, data, len);
        return sts_sink_status(http->sink) < 0 ? 0 : len;
    }
    memcpy(http->refused + getting->refused_len, data, len < room ? len : room);
    getting->refused_len += len < room ? len : room;
    return len;
}

static CURLcode set_protocols(const struct getting *getting)
{
#if LIBCURL_VERSION_NUM >= 0x075500
    CURLcode rc = getting->calls->easy_setopt(getting->easy, CURLOPT_PROTOCOLS_STR, "http,https");
    if (rc != CURLE_UNKNOWN_OPTION)
        return rc;
#endif
    return getting->calls->easy_setopt(getting->easy, (CURLoption)(CURLOPTTYPE_LONG + 181),
                                       (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
}

static CURLcode set_all(struct getting *getting)
{
    const struct cli_http *http = getting->http;
    CURLcode (*set)(CURL *, CURLoption, ...) = getting->calls->easy_setopt;
    CURL *easy = getting->easy;
    CURLcode rc = set(easy, CURLOPT_URL, http->url);

    if (rc == CURLE_OK)
        rc = set_protocols(getting);
    if (rc == CURLE_OK)
        rc = set(easy, CURLOPT_NOSIGNAL, 1L);
    if (rc == CURLE_OK)
        rc = set(easy, CURLOPT_CONNECTTIMEOUT, CONNECT_S);
    if (rc == CURLE_OK)
        rc = set(easy, CURLOPT_TIMEOUT, ANSWER_S);
    if (rc == CURLE_OK)
        rc = set(easy, CURLOPT_ACCEPT_ENCODING, "");
    if (rc == CURLE_OK)
        rc = set(easy, CURLOPT_USERAGENT, "statslice");
    if (rc == CURLE_OK && http->ca_file != NULL)
        rc = set(easy, CURLOPT_CAINFO, http->ca_file);
    if (rc == CURLE_OK && http->token != NULL)
        rc = set(easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER);
    if (rc == CURLE_OK && http->token != NULL)
        rc = set(easy, CURLOPT_XOAUTH2_BEARER, http->token);
    if (rc == CURLE_OK)
        rc = set(easy, CURLOPT_WRITEFUNCTION, take);
    return rc == CURLE_OK ? set(easy, CURLOPT_WRITEDATA, getting) : rc;
}

int cli_http_get(struct cli_http *http, struct sts_error *err)
{
    struct curl_calls calls;
    struct getting getting = { .http = http, .calls = &calls };
    CURLcode rc;
    int r = load(&calls, err);

    if (r < 0)
        return r;
    http->status = 0;
    http->refused[0] = '\0';
    getting.easy = calls.easy_init();
    if (getting.easy == NULL)
        return cli_fail_nomem(err);
    rc = set_all(&getting);
    if (rc == CURLE_OK)
        rc = calls.easy_perform(getting.easy);
    if (rc == CURLE_OK)
        (void)calls.easy_getinfo(getting.easy, CURLINFO_RESPONSE_CODE, &http->status);
    http->refused[getting.refused_len] = '\0';
    if (rc != CURLE_OK && sts_sink_status(http->sink) == 0)
        r = cli_fail(err, STS_E_IO, "could not ask \"%.100s\": %.80s", http->url,
                     calls.easy_strerror(rc));
    calls.easy_cleanup(getting.easy);
    return r;
}
