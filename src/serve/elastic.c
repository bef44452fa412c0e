/* SPDX-License-Identifier: MIT */
/*
 * elastic.c - what shippers of logs and dashboards ask an Elasticsearch before all else.
 *
 * Filebeat asks for the version and the licence, and would load templates and policies where it is
 * not told otherwise; Vector for the version and the cluster's health, rsyslog for the health as
 * text; Grafana for the health and the version; clients of Elastic's own want the header
 * X-Elastic-Product. Fluent Bit and syslog-ng ask for nothing. The answers are those of an
 * Elasticsearch 8 that has all that they look for and keeps none of what they bring.
 * Source: Elasticsearch's reference; libbeat's eslegclient and licenser; Vector's sink;
 *         Grafana's pkg/tsdb/elasticsearch.
 */
#include "serve/elastic.h"

#include <string.h>

#include "base/clock.h"
#include "base/escape.h"
#include "serve/exchange.h"
#include "serve/page.h"

/* As what the server looks; Filebeat refuses to talk to one older than itself by a major number. */
#define VERSION "8.17.0"

#define NS_PER_S  INT64_C(1000000000)
#define S_PER_DAY 86400

static int answer(struct sts__exchange *exchange, const char *json)
{
    struct sts_error err;

    if (sts__exchange_set_header(exchange, "X-Elastic-Product", "Elasticsearch", &err) < 0)
        return sts__exchange_fail_error(exchange, &err);
    sts__exchange_answer_bytes(exchange, 200, "application/json", json, strlen(json));
    return 0;
}

/* Programs that take JSON say so; some say nothing but their names. */
static bool wants_version(const struct sts__exchange *exchange)
{
    static const char *const agents[] = { "Vector/", "Grafana/", "Go-http-client/" };
    const char *accept = sts__exchange_header(exchange, "Accept");
    const char *agent = sts__exchange_header(exchange, "User-Agent");

    if (accept != NULL)
        return strstr(accept, "json") != NULL && strstr(accept, "html") == NULL;
    for (size_t i = 0; agent != NULL && i < sizeof(agents) / sizeof(*agents); i++)
        if (strncmp(agent, agents[i], strlen(agents[i])) == 0)
            return true;
    return false;
}

int sts__elastic_root(struct sts__desk *desk, struct sts__exchange *exchange)
{
    if (!wants_version(exchange))
        return sts__page(desk, exchange);
    return answer(exchange,
                  "{\"name\":\"statslice\",\"cluster_name\":\"statslice\","
                  "\"cluster_uuid\":\"c3RhdHNsaWNlLXN0b3Jl\",\"version\":{\"number\":\"" VERSION
                  "\",\"build_flavor\":\"default\",\"build_type\":\"docker\","
                  "\"build_hash\":\"0000000000000000000000000000000000000000\","
                  "\"build_date\":\"2024-12-11T12:08:05.663969764Z\",\"build_snapshot\":false,"
                  "\"lucene_version\":\"9.12.0\","
                  "\"minimum_wire_compatibility_version\":\"7.17.0\","
                  "\"minimum_index_compatibility_version\":\"7.0.0\"},"
                  "\"tagline\":\"You Know, for Search\"}\n");
}

int sts__elastic_license(struct sts__desk *desk, struct sts__exchange *exchange)
{
    (void)desk;
    return answer(exchange, "{\"license\":{\"status\":\"active\",\"uid\":\"00000000-0000-0000-0000-"
                            "000000000000\",\"type\":\"basic\",\"mode\":\"basic\",\"issue_date\":"
                            "\"2024-01-01T00:00:00.000Z\","
                            "\"issue_date_in_millis\":1704067200000,\"max_nodes\":1000,"
                            "\"issued_to\":\"statslice\",\"issuer\":\"statslice\","
                            "\"start_date_in_millis\":-1}}\n");
}

int sts__elastic_health(struct sts__desk *desk, struct sts__exchange *exchange)
{
    (void)desk;
    return answer(exchange,
                  "{\"cluster_name\":\"statslice\",\"status\":\"green\",\"timed_out\":false,"
                  "\"number_of_nodes\":1,\"number_of_data_nodes\":1,\"active_primary_shards\":1,"
                  "\"active_shards\":1,\"relocating_shards\":0,\"initializing_shards\":0,"
                  "\"unassigned_shards\":0,\"active_shards_percent_as_number\":100.0}\n");
}

int sts__elastic_cat_health(struct sts__desk *desk, struct sts__exchange *exchange)
{
    struct sts_sink *sink = sts__exchange_sink(exchange);
    int64_t now_s = sts__clock_wall_ns() / NS_PER_S;
    int second = (int)(now_s % S_PER_DAY);

    (void)desk;
    if (sink == NULL)
        return sts__exchange_fail(exchange, 503, "memory", "out of memory");
    sts__put_format(sink, "%lld %02d:%02d:%02d statslice green 1 1 1 1 0 0 0 0 - 100.0%%\n",
                    (long long)now_s, second / 3600, second / 60 % 60, second % 60);
    sts__exchange_answer(exchange, 200, "text/plain; charset=utf-8");
    return 0;
}

int sts__elastic_refresh(struct sts__desk *desk, struct sts__exchange *exchange)
{
    (void)desk;
    return answer(exchange, "{\"_shards\":{\"total\":1,\"successful\":1,\"failed\":0}}\n");
}

int sts__elastic_exists(struct sts__desk *desk, struct sts__exchange *exchange)
{
    (void)desk;
    return answer(exchange, "{}\n");
}

int sts__elastic_accept(struct sts__desk *desk, struct sts__exchange *exchange)
{
    (void)desk;
    return answer(exchange, "{\"acknowledged\":true}\n");
}
