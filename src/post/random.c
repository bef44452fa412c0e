/* SPDX-License-Identifier: MIT */
/*
 * random.c - see random.h.
 */
#include "post/random.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"

uint64_t sts__random_u64(void)
{
    uint64_t number = 0;
    int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : read(fd, &number, sizeof(number));

    if (fd >= 0)
        close(fd);
    if (got == (ssize_t)sizeof(number))
        return number;
    return sts__hash_u64((uint64_t)sts__clock_mono_ns() ^ ((uint64_t)getpid() << 32));
}
