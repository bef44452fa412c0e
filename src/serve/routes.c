/* SPDX-License-Identifier: MIT */
/*
 * routes.c - the table of addresses.
 */
#include <stdio.h>
#include <string.h>

#include "serve/api.h"
#include "serve/api_ingest.h"
#include "serve/elastic.h"
#include "serve/health.h"
#include "serve/metrics.h"
#include "serve/page.h"
#include "serve/route.h"

static const struct sts__route routes[] = {
    { "GET", "/healthz", STS__ROLE_NONE, STS__AT_ONCE, sts__healthz },
    { "GET", "/readyz", STS__ROLE_NONE, STS__DESK, sts__readyz },
    { "GET", "/metrics", STS__ROLE_READ, STS__DESK, sts__metrics_route },
    { "GET", "/api/v1/series", STS__ROLE_READ, STS__DESK, sts__api_series },
    { "GET", "/api/v1/chart.svg", STS__ROLE_READ, STS__DESK, sts__api_chart },
    { "GET", "/api/v1/chart.png", STS__ROLE_READ, STS__DESK, sts__api_chart },
    { "GET", "/api/v1/chart.pdf", STS__ROLE_READ, STS__DESK, sts__api_chart },
    { "GET", "/api/v1/chart.txt", STS__ROLE_READ, STS__DESK, sts__api_chart },
    { "GET", "/api/v1/profile", STS__ROLE_READ, STS__DESK, sts__api_profile },
    { "GET", "/api/v1/callers", STS__ROLE_READ, STS__DESK, sts__api_callers },
    { "GET", "/api/v1/diff", STS__ROLE_READ, STS__DESK, sts__api_diff },
    { "GET", "/api/v1/diff.svg", STS__ROLE_READ, STS__DESK, sts__api_diff },
    { "GET", "/api/v1/diff.png", STS__ROLE_READ, STS__DESK, sts__api_diff },
    { "GET", "/api/v1/diff.pdf", STS__ROLE_READ, STS__DESK, sts__api_diff },
    { "GET", "/api/v1/diff.txt", STS__ROLE_READ, STS__DESK, sts__api_diff },
    { "GET", "/api/v1/functions", STS__ROLE_READ, STS__DESK, sts__api_functions },
    { "GET", "/api/v1/labels", STS__ROLE_READ, STS__DESK, sts__api_labels },
    { "GET", "*/_search", STS__ROLE_READ, STS__DESK, sts__api_search },
    { "POST", "*/_search", STS__ROLE_READ, STS__DESK, sts__api_search },
    { "POST", "*/_msearch", STS__ROLE_READ, STS__DESK, sts__api_msearch },
    { "GET", "*/_count", STS__ROLE_READ, STS__DESK, sts__api_count },
    { "POST", "*/_count", STS__ROLE_READ, STS__DESK, sts__api_count },
    { "GET", "*/_mapping", STS__ROLE_READ, STS__DESK, sts__api_mapping },
    { "GET", "/api/v1/openapi.json", STS__ROLE_READ, STS__DESK, sts__api_openapi },
    { "GET", "/grafana", STS__ROLE_READ, STS__AT_ONCE, sts__api_grafana_root },
    { "GET", "/grafana/", STS__ROLE_READ, STS__AT_ONCE, sts__api_grafana_root },
    { "POST", "/grafana/*", STS__ROLE_READ, STS__DESK, sts__api_grafana },
    /* The page asks for a token where one is needed; it holds no data itself. */
    { "GET", "/", STS__ROLE_NONE, STS__AT_ONCE, sts__elastic_root },
    { "GET", "/assets/*", STS__ROLE_NONE, STS__AT_ONCE, sts__page },
    { "POST", "/api/v1/profiles", STS__ROLE_INGEST, STS__INGEST, sts__api_profiles },
    { "POST", "/api/v1/pstats", STS__ROLE_INGEST, STS__INGEST, sts__api_pstats },
    /* As an Elasticsearch, for shippers of logs; its health is asked for by dashboards too. */
    { "GET", "/_cluster/health", STS__ROLE_NONE, STS__AT_ONCE, sts__elastic_health },
    { "POST", "*/_bulk", STS__ROLE_INGEST, STS__INGEST, sts__api_bulk },
    { "PUT", "*/_bulk", STS__ROLE_INGEST, STS__INGEST, sts__api_bulk },
    { "GET", "/_license", STS__ROLE_INGEST, STS__AT_ONCE, sts__elastic_license },
    { "GET", "/_xpack", STS__ROLE_INGEST, STS__AT_ONCE, sts__elastic_license },
    { "GET", "/_cat/health", STS__ROLE_INGEST, STS__AT_ONCE, sts__elastic_cat_health },
    { "GET", "*/_refresh", STS__ROLE_INGEST, STS__AT_ONCE, sts__elastic_refresh },
    { "POST", "*/_refresh", STS__ROLE_INGEST, STS__AT_ONCE, sts__elastic_refresh },
    { "GET", "/_template/*", STS__ROLE_INGEST, STS__AT_ONCE, sts__elastic_exists },
    { "PUT", "/_template/*", STS__ROLE_INGEST, STS__AT_ONCE, sts__elastic_accept },
    { "GET", "/_index_template/*", STS__ROLE_INGEST, STS__AT_ONCE, sts__elastic_exists },
    { "PUT", "/_index_template/*", STS__ROLE_INGEST, STS__AT_ONCE, sts__elastic_accept },
    { "GET", "/_component_template/*", STS__ROLE_INGEST, STS__AT_ONCE, sts__elastic_exists },
    { "PUT", "/_component_template/*", STS__ROLE_INGEST, STS__AT_ONCE, sts__elastic_accept },
    { "GET", "/_ilm/policy/*", STS__ROLE_INGEST, STS__AT_ONCE, sts__elastic_exists },
    { "PUT", "/_ilm/policy/*", STS__ROLE_INGEST, STS__AT_ONCE, sts__elastic_accept },
    { "GET", "/_data_stream/*", STS__ROLE_INGEST, STS__AT_ONCE, sts__elastic_exists },
    { "PUT", "/_data_stream/*", STS__ROLE_INGEST, STS__AT_ONCE, sts__elastic_accept },
    { "GET", "/_ingest/pipeline/*", STS__ROLE_INGEST, STS__AT_ONCE, sts__elastic_exists },
    { "PUT", "/_ingest/pipeline/*", STS__ROLE_INGEST, STS__AT_ONCE, sts__elastic_accept },
};

const struct sts__route *sts__routes(size_t *ret_count)
{
    *ret_count = sizeof(routes) / sizeof(*routes);
    return routes;
}

static bool matches(const char *pattern, const char *path)
{
    size_t len = strlen(pattern), path_len = strlen(path);

    if (pattern[0] == '*')
        return path_len >= len - 1 && strcmp(path + path_len - (len - 1), pattern + 1) == 0;
    if (pattern[len - 1] == '*')
        return strncmp(path, pattern, len - 1) == 0;
    return strcmp(path, pattern) == 0;
}

static bool takes(const struct sts__route *route, const char *method)
{
    return strcmp(route->method, method) == 0 ||
           (strcmp(route->method, "GET") == 0 && strcmp(method, "HEAD") == 0);
}

static void add_allowed(char *allowed, const char *method)
{
    size_t len = strlen(allowed);

    if (strstr(allowed, method) == NULL)
        snprintf(allowed + len, STS__ALLOWED_BYTES - len, "%s%s%s", len == 0 ? "" : ", ", method,
                 strcmp(method, "GET") == 0 ? ", HEAD" : "");
}

const struct sts__route *sts__route_find(const char *method, const char *path, char *ret_allowed)
{
    ret_allowed[0] = '\0';
    for (size_t i = 0; i < sizeof(routes) / sizeof(*routes); i++) {
        if (!matches(routes[i].path, path))
            continue;
        if (takes(&routes[i], method))
            return &routes[i];
        add_allowed(ret_allowed, routes[i].method);
    }
    return NULL;
}
