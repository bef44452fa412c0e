/* SPDX-License-Identifier: MIT */
/*
 * auth.h - who asks, and what he may do, by the token that he shows.
 */
#ifndef STS_SERVE_AUTH_H
#define STS_SERVE_AUTH_H

#include "serve/exchange.h"

struct sts__auth;

/* sts__auth_new - the store's tokens; they are looked at again when the store has changed. */
STS_MUST_CHECK int sts__auth_new(const char *store_path, struct sts__auth **ret_auth,
                                 struct sts_error *err);
void sts__auth_free(struct sts__auth *auth); /* NULL is fine */

/* sts__auth_has_tokens - where the store never had any since the start, everybody may do
 * everything.
 */
bool sts__auth_has_tokens(struct sts__auth *auth);

/*
 * sts__auth_grant - what who shows this may do.
 *
 * authorization: the header "Authorization", or NULL.
 * ret_grant:     role STS__ROLE_NONE where it is no token, or none that is known. Its name lives as
 *                long as auth.
 */
void sts__auth_grant(struct sts__auth *auth, const char *authorization,
                     struct sts__grant *ret_grant);

/* sts__role_named - STS__ROLE_NONE for no role's name. sts__role_name - "ingest", "read", "admin".
 */
enum sts__role sts__role_named(const char *name);
const char *sts__role_name(enum sts__role role);

/* sts__role_allows - whether who has a role may go where another is asked for: readers do not
 * write, and writers do not read. */
bool sts__role_allows(enum sts__role has, enum sts__role needs);

#endif
