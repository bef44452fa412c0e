/* SPDX-License-Identifier: MIT */
/*
 * store_plugin.h - what the collector asks of the shared object that writes stores.
 *
 * Why:  the collector is loaded into services and needs libc alone; a store needs SQLite and more,
 *       which come in when one is written.
 */
#ifndef STS_WRITER_STORE_PLUGIN_H
#define STS_WRITER_STORE_PLUGIN_H

#include <statslice/error.h>

#define STS__STORE_PLUGIN_VERSION 1
#define STS__STORE_PLUGIN_SYMBOL  "sts_store_plugin"

/* All calls are one thread's at a time. */
struct sts__store_plugin {
    int version;
    /* The store is made where there is none. Errors: those of sts_store_open. */
    int (*open)(const char *path, void **ret_store, struct sts_error *err);
    /*
     * One line of the profile log. Returns: 0: it is on the disk. A line that failed may be offered
     * again, and is stored once. Errors: STS_E_FORMAT, STS_E_LIMIT: it can never be stored; the
     * store is to be closed, and opened again.
     */
    int (*write)(void *store, const char *line, size_t len, struct sts_error *err);
    void (*close)(void *store); /* also in a forked child, where it leaves the file alone */
};

#endif
