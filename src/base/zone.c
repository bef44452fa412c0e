/* SPDX-License-Identifier: MIT */
/*
 * zone.c - IANA time zones: when a zone's clock changes, and what it shows.
 *
 * In:   a zone's name, and the system's TZif files (tzif.c).
 * Out:  its offset from UTC at any time that int64 ns hold, and the way back from clock to time.
 * Why:  libc knows one zone at a time, for the whole process.
 */
#include "base/zone.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/fail.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/timetext.h"
#include "base/tzif.h"

#define ZONE_FOLDER    "/usr/share/zoneinfo"
#define LOCAL_FILE     "/etc/localtime"
#define LINK_BYTES_MAX 4096
#define S_PER_DAY      INT64_C(86400)
#define YEAR_MAX       9999

struct sts__zone {
    char *name;
    struct sts__tzif tzif;
};

void sts__zone_free(struct sts__zone *zone)
{
    if (zone == NULL)
        return;
    sts__tzif_deinit(&zone->tzif);
    free(zone->name);
    free(zone);
}

const char *sts__zone_name(const struct sts__zone *zone)
{
    return zone->name;
}

/* A zone without changes, at UTC. */
static struct sts__zone *zone_of_name(const char *name, size_t len)
{
    struct sts__zone *zone = calloc(1, sizeof(*zone));

    if (zone == NULL)
        return NULL;
    zone->name = sts__copy_text(name, len);
    if (zone->name == NULL) {
        free(zone);
        return NULL;
    }
    return zone;
}

static bool is_no_file(const struct sts_error *err)
{
    return err->sys_errno == ENOENT || err->sys_errno == ENOTDIR || err->sys_errno == EISDIR;
}

/* Returns: also STS_E_NOTFOUND, without a word in err, where there is no such file. */
static int load_file(struct sts__zone *zone, const char *path, struct sts_error *err)
{
    struct sts_error reason = { 0 };
    struct sts__bytes bytes;
    struct sts__file file;
    int r;

    r = sts__file_open(&file, path, &reason);
    if (r < 0 && is_no_file(&reason))
        return STS_E_NOTFOUND;
    if (r < 0) {
        if (err != NULL)
            *err = reason;
        return r;
    }
    sts__bytes_init(&bytes, STS_ZONE_BYTES_MAX);
    r = sts__file_read_all(&file, &bytes, err);
    if (r < 0)
        goto done;
    r = sts__tzif_decode((const uint8_t *)bytes.data, bytes.len, path, &zone->tzif, err);
done:
    sts__bytes_deinit(&bytes);
    sts__file_close(&file);
    return r;
}

/* Zone names come from outside (a URL, too): nothing that leads out of the folder of zones. */
static bool name_is_safe(const char *name)
{
    size_t len = strlen(name);

    if (len == 0 || len > STS_ZONE_NAME_BYTES_MAX || name[0] == '/' || strstr(name, "..") != NULL)
        return false;
    return strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/.") ==
           len;
}

static int load_name(struct sts__zone *zone, const char *name, struct sts_error *err)
{
    const char *folder = getenv("TZDIR");
    struct sts__bytes path;
    int r;

    if (strcmp(name, "UTC") == 0)
        return 0;
    if (!name_is_safe(name))
        return sts__fail(err, STS_E_USAGE, "\"%s\" is not the name of a time zone", name);
    if (folder == NULL || *folder == '\0')
        folder = ZONE_FOLDER;
    sts__bytes_init(&path, LINK_BYTES_MAX);
    sts__bytes_append_text(&path, folder);
    sts__bytes_append_text(&path, "/");
    sts__bytes_append_text(&path, name);
    r = sts__bytes_check(&path, "the path of a time zone", err);
    if (r < 0)
        goto done;
    r = load_file(zone, path.data, err);
    if (r == STS_E_NOTFOUND)
        r = sts__fail(err, STS_E_USAGE, "no time zone \"%s\" in \"%s\"", name, folder);
done:
    sts__bytes_deinit(&path);
    return r;
}

/* $TZ: a path, a name, or a rule such as "CET-1CEST,M3.5.0,M10.5.0/3". */
static int load_tz(struct sts__zone *zone, const char *tz, struct sts_error *err)
{
    if (*tz == '\0')
        return 0;
    if (*tz == '/') {
        int r = load_file(zone, tz, err);
        return r == STS_E_NOTFOUND ? sts__fail(err, STS_E_USAGE, "no time zone \"%s\"", tz) : r;
    }
    if (sts__tzrule_parse(tz, strlen(tz), &zone->tzif.rule) == 0) {
        zone->tzif.has_rule = true;
        return 0;
    }
    return load_name(zone, tz, err);
}

/* The name in what /etc/localtime points to: "/usr/share/zoneinfo/Europe/Berlin". */
static int name_by_link(struct sts__zone *zone)
{
    static const char folder[] = "zoneinfo/";
    char target[LINK_BYTES_MAX];
    ssize_t len = readlink(LOCAL_FILE, target, sizeof(target) - 1);
    const char *at;
    char *name;

    if (len <= 0)
        return 0;
    target[len] = '\0';
    at = strstr(target, folder);
    if (at == NULL || !name_is_safe(at + strlen(folder)))
        return 0;
    at += strlen(folder);
    name = sts__copy_text(at, strlen(at));
    if (name == NULL)
        return STS_E_NOMEM;
    free(zone->name);
    zone->name = name;
    return 0;
}

static int new_local(struct sts__zone **ret_zone, struct sts_error *err)
{
    const char *tz = getenv("TZ");
    struct sts__zone *zone;
    int r;

    if (tz != NULL && *tz == ':')
        tz++;
    if (tz == NULL)
        zone = zone_of_name("local", strlen("local"));
    else
        zone = *tz == '\0' ? zone_of_name("UTC", strlen("UTC")) : zone_of_name(tz, strlen(tz));
    if (zone == NULL)
        return sts__fail_nomem(err);
    if (tz != NULL) {
        r = load_tz(zone, tz, err);
    } else {
        r = load_file(zone, LOCAL_FILE, err);
        if (r == STS_E_NOTFOUND)
            r = 0; /* as libc does: UTC */
        if (r == 0 && name_by_link(zone) < 0)
            r = sts__fail_nomem(err);
    }
    if (r < 0) {
        sts__zone_free(zone);
        return r;
    }
    *ret_zone = zone;
    return 0;
}

int sts__zone_new(const char *name, struct sts__zone **ret_zone, struct sts_error *err)
{
    struct sts__zone *zone;
    int r;

    if (strcmp(name, "local") == 0)
        return new_local(ret_zone, err);
    zone = zone_of_name(name, strlen(name));
    if (zone == NULL)
        return sts__fail_nomem(err);
    r = load_name(zone, name, err);
    if (r < 0) {
        sts__zone_free(zone);
        return r;
    }
    *ret_zone = zone;
    return 0;
}

int32_t sts__zone_offset_s(const struct sts__zone *zone, int64_t time_ns)
{
    int64_t time_s = time_ns / STS_NS_PER_S - (time_ns % STS_NS_PER_S < 0);

    return sts__tzif_offset_s(&zone->tzif, time_s);
}

/*
 * From a moment at which the clock surely shows less than wall_s, go from change to change: between
 * two changes the clock runs straight.
 */
int sts__zone_wall_ns(const struct sts__zone *zone, int64_t wall_s, int64_t *ret_ns)
{
    int64_t at, next, found;

    if (wall_s > INT64_MAX / STS_NS_PER_S || wall_s < INT64_MIN / STS_NS_PER_S)
        return STS_E_LIMIT;
    at = wall_s - STS__TZIF_OFFSET_S_MAX;
    for (;;) {
        found = wall_s - sts__tzif_offset_s(&zone->tzif, at);
        if (found < at)
            found = at;
        if (!sts__tzif_next(&zone->tzif, at, &next) || found < next)
            break;
        at = next;
    }
    if (found > INT64_MAX / STS_NS_PER_S || found < INT64_MIN / STS_NS_PER_S)
        return STS_E_LIMIT;
    *ret_ns = found * STS_NS_PER_S;
    return 0;
}

int sts__zone_midnight_ns(const struct sts__zone *zone, int64_t year, unsigned month, unsigned day,
                          int64_t *ret_ns)
{
    if (year < 1 || year > YEAR_MAX)
        return STS_E_LIMIT;
    return sts__zone_wall_ns(zone, sts__days_of_civil(year, month, day) * S_PER_DAY, ret_ns);
}
