/* SPDX-License-Identifier: MIT */
/*
 * auth.c - who asks, and what he may do, by the token that he shows.
 */
#include "serve/auth.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <statslice/store.h>

#include "base/fail.h"
#include "serve/credentials.h"
#include "serve/secret.h"

/* Names of tokens that were seen; grants point to them as long as the server runs. */
struct name {
    struct name *next;
    char text[STS_TOKEN_NAME_BYTES];
};

struct sts__auth {
    pthread_mutex_t lock; /* of all below */
    struct sts_store *store;
    int64_t generation; /* of the store, when it was looked at */
    struct sts_store_token *tokens;
    size_t count;
    bool is_closed; /* there were tokens: without the last one nobody comes in, not everybody */
    struct name *names;
};

static const char *const role_names[] = {
    [STS__ROLE_NONE] = "none",
    [STS__ROLE_INGEST] = "ingest",
    [STS__ROLE_READ] = "read",
    [STS__ROLE_ADMIN] = "admin",
};

const char *sts__role_name(enum sts__role role)
{
    return role_names[role];
}

enum sts__role sts__role_named(const char *name)
{
    for (size_t i = STS__ROLE_INGEST; i < sizeof(role_names) / sizeof(*role_names); i++)
        if (strcmp(role_names[i], name) == 0)
            return (enum sts__role)i;
    return STS__ROLE_NONE;
}

bool sts__role_allows(enum sts__role has, enum sts__role needs)
{
    return needs == STS__ROLE_NONE || has == STS__ROLE_ADMIN || has == needs;
}

/* With the lock, where the store has changed. What cannot be read leaves what was known. */
static int look(struct sts__auth *auth, struct sts_error *err)
{
    struct sts_store_token *tokens = NULL;
    size_t count = 0;
    int64_t generation;
    int r = sts_store_generation(auth->store, &generation, err);

    if (r < 0 || generation == auth->generation)
        return r;
    r = sts_store_tokens(auth->store, &tokens, &count, err);
    if (r < 0)
        return r;
    auth->generation = generation;
    free(auth->tokens);
    auth->tokens = tokens;
    auth->count = count;
    auth->is_closed = auth->is_closed || count > 0;
    return 0;
}

int sts__auth_new(const char *store_path, struct sts__auth **ret_auth, struct sts_error *err)
{
    struct sts__auth *auth = calloc(1, sizeof(*auth));
    int r;

    if (auth == NULL)
        return sts__fail_nomem(err);
    auth->generation = -1;
    pthread_mutex_init(&auth->lock, NULL);
    r = sts_store_open(store_path, NULL, &auth->store, err);
    if (r >= 0)
        r = look(auth, err);
    if (r < 0) {
        sts__auth_free(auth);
        return r;
    }
    *ret_auth = auth;
    return 0;
}

void sts__auth_free(struct sts__auth *auth)
{
    if (auth == NULL)
        return;
    while (auth->names != NULL) {
        struct name *next = auth->names->next;
        free(auth->names);
        auth->names = next;
    }
    free(auth->tokens);
    sts_store_close(auth->store);
    pthread_mutex_destroy(&auth->lock);
    free(auth);
}

bool sts__auth_has_tokens(struct sts__auth *auth)
{
    bool has;

    pthread_mutex_lock(&auth->lock);
    (void)!look(auth, NULL);
    has = auth->is_closed;
    pthread_mutex_unlock(&auth->lock);
    return has;
}

static const char *keep_name(struct sts__auth *auth, const char *text)
{
    struct name *name;

    for (name = auth->names; name != NULL; name = name->next)
        if (strcmp(name->text, text) == 0)
            return name->text;
    name = calloc(1, sizeof(*name));
    if (name == NULL)
        return "";
    memcpy(name->text, text, strlen(text) + 1);
    name->next = auth->names;
    auth->names = name;
    return name->text;
}

/* All tokens are compared, also behind the one that is found: the time tells nothing. */
static void find(struct sts__auth *auth, const char *secret, struct sts__grant *grant)
{
    uint8_t hash[STS_TOKEN_HASH_BYTES];
    const struct sts_store_token *found = NULL;

    sts__secret_hash(secret, hash);
    for (size_t i = 0; i < auth->count; i++)
        if (sts__secret_equal(hash, auth->tokens[i].hash))
            found = &auth->tokens[i];
    if (found == NULL)
        return;
    grant->role = sts__role_named(found->role);
    grant->name = keep_name(auth, found->name);
}

void sts__auth_grant(struct sts__auth *auth, const char *authorization,
                     struct sts__grant *ret_grant)
{
    char room[STS__CREDENTIALS_BYTES];
    const char *token = authorization == NULL ? NULL : sts__credentials_token(authorization, room);

    *ret_grant = (struct sts__grant){ STS__ROLE_NONE, "" };
    pthread_mutex_lock(&auth->lock);
    (void)!look(auth, NULL);
    if (!auth->is_closed)
        ret_grant->role = STS__ROLE_ADMIN;
    else if (token != NULL)
        find(auth, token, ret_grant);
    pthread_mutex_unlock(&auth->lock);
}
