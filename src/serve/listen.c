/* SPDX-License-Identifier: MIT */
/*
 * listen.c - the socket that a server listens to.
 */
#include "serve/listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fail.h"

#define HOST_BYTES 64
#define PORT_BYTES 8
#define BACKLOG    1024

/* "HOST:PORT", "[HOST]:PORT" */
static int split(const char *text, char *host, char *port, struct sts_error *err)
{
    const char *colon = strrchr(text, ':'), *begin = text, *end = colon;

    if (colon != NULL && text[0] == '[' && colon[-1] == ']') {
        begin++;
        end--;
    } else if (colon != NULL && memchr(text, ':', (size_t)(colon - text)) != NULL) {
        return sts__fail(err, STS_E_USAGE,
                         "\"%.60s\": an IPv6 address stands in brackets: [::1]:8521", text);
    }
    if (colon == NULL || end <= begin || end - begin >= HOST_BYTES || colon[1] == '\0' ||
        strlen(colon + 1) >= PORT_BYTES || strspn(colon + 1, "0123456789") != strlen(colon + 1))
        return sts__fail(err, STS_E_USAGE,
                         "\"%.60s\" is no address to listen on; say 127.0.0.1:8521", text);
    memcpy(host, begin, (size_t)(end - begin));
    host[end - begin] = '\0';
    memcpy(port, colon + 1, strlen(colon + 1) + 1);
    return 0;
}

static bool is_loopback(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET6)
        return IN6_IS_ADDR_LOOPBACK(
            &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr);
    return (ntohl(((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr) >> 24) ==
           127;
}

static int bind_to(const struct addrinfo *info)
{
    int fd = socket(info->ai_family, SOCK_STREAM, 0), on = 1;

    if (fd < 0)
        return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(fd, info->ai_addr, info->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    on = errno;
    (void)close(fd);
    errno = on;
    return -1;
}

static void tell_address(struct sts__listening *listening)
{
    struct sockaddr_storage address;
    socklen_t len = sizeof(address);
    char host[HOST_BYTES] = "", port[PORT_BYTES] = "";
    bool is_v6;

    (void)getsockname(listening->fd, (struct sockaddr *)&address, &len);
    (void)getnameinfo((struct sockaddr *)&address, len, host, sizeof(host), port, sizeof(port),
                      NI_NUMERICHOST | NI_NUMERICSERV);
    is_v6 = strchr(host, ':') != NULL;
    snprintf(listening->address, sizeof(listening->address), "%s%s%s:%s", is_v6 ? "[" : "", host,
             is_v6 ? "]" : "", port);
}

int sts__listen(const char *text, struct sts__listening *ret_listening, struct sts_error *err)
{
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE };
    struct addrinfo *found = NULL;
    char host[HOST_BYTES], port[PORT_BYTES];
    int r = split(text, host, port, err);

    if (r < 0)
        return r;
    r = getaddrinfo(host, port, &hints, &found);
    if (r != 0)
        return sts__fail(err, STS_E_USAGE, "\"%.60s\": %.100s", text, gai_strerror(r));
    ret_listening->is_loopback = is_loopback(found->ai_addr);
    ret_listening->fd = bind_to(found);
    freeaddrinfo(found);
    if (ret_listening->fd < 0)
        return sts__fail_errno(err, STS_E_IO, errno, "listening on %.60s", text);
    tell_address(ret_listening);
    return 0;
}
