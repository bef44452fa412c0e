/* SPDX-License-Identifier: MIT */
/*
 * naming.h - the texts of groups: whole and unique, or short enough for a legend.
 *
 * All of them append to bytes, which keep the first failure.
 */
#ifndef STS_QUERY_NAMING_H
#define STS_QUERY_NAMING_H

#include <statslice/common.h>

struct sts_function;
struct sts__bytes;

#define STS__NAME_BYTES_MAX ((size_t)1 << 22)
#define STS__FOLDERS_ALL    SIZE_MAX

/* sts__name_is_builtin - a function that no file holds. */
bool sts__name_is_builtin(const struct sts_function *function);

/* sts__name_pstats - "file:line(name)", and "{built-in method ...}", as pstats shows a function. */
void sts__name_pstats(const struct sts_function *function, struct sts__bytes *bytes);

/*
 * sts__name_function - who a function is, also after an edit that moves it: "file:Cart.add" where
 * the qualname is known, else "file:12(add)"; a built-in as pstats shows it, without address.
 */
void sts__name_function(const struct sts_function *function, struct sts__bytes *bytes);

/* sts__name_bare - the name without file; "list.append" for "<method 'append' of 'list' objects>".
 */
void sts__name_bare(const struct sts_function *function, struct sts__bytes *bytes);

/* sts__name_without_address - a name without any " at 0x7f...". */
void sts__name_without_address(const char *name, struct sts__bytes *bytes);

/* sts__name_module - the dotted module that a function's file most likely is: "json.decoder". */
void sts__name_module(const struct sts_function *function, struct sts__bytes *bytes);

/* sts__name_tail - a path's last part, with at most that many folders before it. */
void sts__name_tail(const char *path, size_t folders, struct sts__bytes *bytes);

#endif
