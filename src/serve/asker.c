/* SPDX-License-Identifier: MIT */
/*
 * asker.c - who asks, as far as fairness goes.
 */
#include "serve/asker.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>

#include "base/hash.h"

#define NETWORK_BYTES ((size_t)8)

static uint64_t hash_address(const char *address)
{
    struct in6_addr six;

    if (inet_pton(AF_INET6, address, &six) == 1 && !IN6_IS_ADDR_V4MAPPED(&six))
        return sts__hash_bytes(six.s6_addr, NETWORK_BYTES);
    return sts__hash_bytes(address, strlen(address));
}

uint64_t sts__asker_of(const char *token_name, const char *address)
{
    return sts__hash_u64(sts__hash_bytes(token_name, strlen(token_name)) ^
                         sts__hash_u64(hash_address(address)));
}
