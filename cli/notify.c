/* SPDX-License-Identifier: MIT */
/*
 * notify.c - telling the service manager how it goes.
 *
 * Source: sd_notify(3), sd_watchdog_enabled(3): one datagram to a socket, for which no library is
 * needed.
 */
#include "cli/notify.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_US INT64_C(1000)
#define US_PER_S  1000000

void cli_notify(const char *state)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    size_t len = path == NULL ? 0 : strlen(path);
    int fd;

    if (len < 2 || len >= sizeof(address.sun_path) || (path[0] != '/' && path[0] != '@'))
        return;
    memcpy(address.sun_path, path, len);
    if (path[0] == '@') /* a name that is in no file system */
        address.sun_path[0] = '\0';
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    (void)!sendto(fd, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&address,
                  (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
    (void)close(fd);
}

void cli_notify_alive(void)
{
    static int64_t last_us;
    const char *text = getenv("WATCHDOG_USEC");
    int64_t period_us = text == NULL ? 0 : strtoll(text, NULL, 10), now_us;
    struct timespec now;

    if (period_us <= 0)
        return;
    clock_gettime(CLOCK_MONOTONIC, &now);
    now_us = (int64_t)now.tv_sec * US_PER_S + now.tv_nsec / NS_PER_US;
    if (now_us - last_us < period_us / 2)
        return;
    last_us = now_us;
    cli_notify("WATCHDOG=1");
}
