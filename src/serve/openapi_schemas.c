/* SPDX-License-Identifier: MIT */
/*
 * openapi_schemas.c - shapes of what is sent and answered, and addresses that take no questions.
 *
 * Source: JSON Schema 2020-12, as OpenAPI 3.1 has it; docs/api.md, docs/ingest.md.
 */
#include "serve/openapi.h"

#include <stddef.h>

#define TEXT            "{\"type\":\"string\"}"
#define COUNT           "{\"type\":\"integer\",\"minimum\":0}"
#define WHOLE           "{\"type\":\"integer\"}"
#define NUMBER          "{\"type\":\"number\"}"
#define NUMBER_OR_NULL  "{\"type\":[\"number\",\"null\"]}"
#define YES_OR_NO       "{\"type\":\"boolean\"}"
#define TIME            "{\"type\":\"string\",\"format\":\"date-time\"}"
#define TIME_OR_NULL    "{\"type\":[\"string\",\"null\"],\"format\":\"date-time\"}"
#define ANY             "{\"type\":\"object\"}"
#define LIST(item)      "{\"type\":\"array\",\"items\":" item "}"
#define REFERENCE(name) "{\"$ref\":\"#/components/schemas/" name "\"}"
#define FIGURES                                                                                    \
    "\"ncalls\":" COUNT ",\"pcalls\":" COUNT ",\"tottime_ns\":" WHOLE ",\"cumtime_ns\":" WHOLE
#define OBJECT(required, members)                                                                  \
    "{\"type\":\"object\",\"required\":[" required "],\"properties\":{" members "}}"

#define INGESTED                                                                                   \
    OBJECT("\"new\",\"known\",\"expired\",\"passed\",\"refused\",\"refused_count\"",               \
           "\"new\":" COUNT ",\"known\":" COUNT ",\"expired\":" COUNT ",\"passed\":" COUNT         \
           ",\"refused_count\":" COUNT ",\"refused\":" LIST(REFUSAL) ",\"error\":" ANY)
#define REFUSAL OBJECT("\"line\",\"reason\"", "\"line\":" COUNT ",\"reason\":" TEXT)
#define BULK                                                                                       \
    OBJECT("\"took\",\"errors\",\"items\"",                                                        \
           "\"took\":" COUNT ",\"errors\":" YES_OR_NO ",\"items\":" LIST(ANY))

#define ERROR                                                                                      \
    OBJECT("\"error\"",                                                                            \
           "\"error\":" OBJECT("\"status\",\"reason\",\"message\"",                                \
                               "\"status\":" COUNT ",\"reason\":" TEXT ",\"message\":" TEXT))

#define SERIES_SLICE                                                                               \
    OBJECT("\"begin\",\"end\",\"coverage\",\"complete\",\"profile_count\",\"values\",\"other\","   \
           "\"total\"",                                                                            \
           "\"begin\":" TIME ",\"end\":" TIME ",\"coverage\":" NUMBER ",\"complete\":" YES_OR_NO   \
           ",\"estimated\":" YES_OR_NO ",\"profile_count\":" COUNT                                 \
           ",\"values\":" LIST(NUMBER_OR_NULL) ",\"other\":" NUMBER_OR_NULL                        \
                                               ",\"total\":" NUMBER_OR_NULL)

#define SERIES                                                                                     \
    OBJECT("\"metric\",\"scale\",\"unit\",\"by\",\"zone\",\"width\",\"nested\",\"columns\","       \
           "\"slices\"",                                                                           \
           "\"metric\":" TEXT ",\"scale\":" TEXT ",\"unit\":" TEXT ",\"by\":" TEXT ",\"of\":" TEXT \
           ",\"zone\":" TEXT ",\"width\":" NUMBER_OR_NULL ",\"nested\":" YES_OR_NO                 \
           ",\"estimated\":" YES_OR_NO ",\"profiles_in\":" COUNT ",\"profiles_out\":" COUNT        \
           ",\"functions_out\":" COUNT ",\"group_count\":" COUNT ",\"columns\":" LIST(             \
               OBJECT("\"name\",\"label\",\"value\"",                                              \
                      "\"name\":" TEXT ",\"label\":" TEXT                                          \
                      ",\"value\":" NUMBER_OR_NULL)) ",\"other\":" NUMBER_OR_NULL                  \
                                                     ",\"total\":" NUMBER_OR_NULL                  \
                                                     ",\"slices\":" LIST(SERIES_SLICE))

#define PROFILE                                                                                                                                              \
    OBJECT(                                                                                                                                                  \
        "\"from\",\"to\",\"coverage\",\"profile_count\",\"total_calls\",\"prim_calls\","                                                                     \
        "\"total_tt\",\"function_count\",\"functions\"",                                                                                                     \
        "\"from\":" TIME_OR_NULL ",\"to\":" TIME_OR_NULL ",\"coverage\":" NUMBER                                                                             \
        ",\"profile_count\":" COUNT ",\"total_calls\":" COUNT ",\"prim_calls\":" COUNT                                                                       \
        ",\"total_tt\":" NUMBER ",\"function_count\":" COUNT ",\"functions\":" OBJECT(                                                                       \
            "\"file\",\"line\",\"name\",\"qualname\",\"function\",\"ncalls\",\"pcalls\","                                                                    \
            "\"tottime_ns\",\"cumtime_ns\"",                                                                                                                 \
            "\"file\":" LIST(TEXT) ",\"line\":" LIST(WHOLE) ",\"name\":" LIST(                                                                               \
                TEXT) ",\"qualname"                                                                                                                          \
                      "\":" LIST(                                                                                                                            \
                          "{"                                                                                                                                \
                          "\"type\":[\"string\",\"null\"]}") ",\"function\":" LIST(TEXT) ","                                                                 \
                                                                                         "\""                                                                \
                                                                                         "nc"                                                                \
                                                                                         "al"                                                                \
                                                                                         "ls"                                                                \
                                                                                         "\""                                                                \
                                                                                         ":" LIST(COUNT) ",\"pcalls\":" LIST(COUNT) ",\"tottime_ns\":" LIST( \
                                                                                             WHOLE) ",\"cumtime_ns\":" LIST(WHOLE)))

#define CALLER                                                                                     \
    OBJECT("\"name\",\"label\",\"file\",\"line\",\"ncalls\",\"pcalls\",\"tottime_ns\","            \
           "\"cumtime_ns\"",                                                                       \
           "\"name\":" TEXT ",\"label\":" TEXT ",\"file\":" TEXT ",\"line\":" WHOLE "," FIGURES)

#define CALLERS                                                                                    \
    OBJECT("\"from\",\"to\",\"function\",\"ncalls\",\"callers\",\"callees\"",                      \
           "\"from\":" TIME_OR_NULL ",\"to\":" TIME_OR_NULL ",\"function\":" TEXT "," FIGURES      \
           ",\"callers\":" LIST(CALLER) ",\"callees\":" LIST(CALLER))

#define FUNCTIONS                                                                                  \
    OBJECT("\"function_count\",\"functions\"",                                                     \
           "\"function_count\":" COUNT ",\"functions\":" LIST(                                     \
               OBJECT("\"name\",\"label\",\"ncalls\",\"pcalls\",\"tottime_ns\",\"cumtime_ns\"",    \
                      "\"name\":" TEXT ",\"label\":" TEXT "," FIGURES)))

#define COUNTED "\"profile_count\":" COUNT ",\"first\":" TIME_OR_NULL ",\"last\":" TIME_OR_NULL

#define LABELS                                                                                     \
    OBJECT("\"profile_count\",\"first\",\"last\",\"labels\"",                                      \
           COUNTED ",\"labels\":" LIST(                                                            \
               OBJECT("\"key\",\"values\",\"without\"",                                            \
                      "\"key\":" TEXT ",\"without\":" COUNT ",\"values\":" LIST(                   \
                          OBJECT("\"value\",\"profile_count\"", "\"value\":" TEXT "," COUNTED)))))

#define DIFF_SIDE                                                                                  \
    OBJECT("\"value\",\"time\",\"calls\"",                                                         \
           "\"value\":" NUMBER ",\"count\":" NUMBER ",\"per_call\":" NUMBER_OR_NULL                \
           ",\"time\":" NUMBER ",\"calls\":" COUNT)
#define DIFF_SPAN                                                                                  \
    OBJECT("\"begin\",\"end\",\"profiled\",\"coverage\",\"profile_count\"",                        \
           "\"begin\":" TIME ",\"end\":" TIME ",\"profiled\":" NUMBER ",\"coverage\":" NUMBER      \
           ",\"profile_count\":" COUNT)
#define DIFF_ROW                                                                                   \
    OBJECT("\"change\",\"more_often\",\"slower\",\"base\",\"new\"",                                \
           "\"name\":" TEXT ",\"label\":" TEXT ",\"state\":" TEXT ",\"change\":" NUMBER            \
           ",\"more_often\":" NUMBER ",\"slower\":" NUMBER ",\"base\":" DIFF_SIDE                  \
           ",\"new\":" DIFF_SIDE)
#define DIFF                                                                                       \
    OBJECT("\"metric\",\"per\",\"unit\",\"by\",\"base\",\"new\",\"rows\",\"total\"",               \
           "\"metric\":" TEXT ",\"per\":" TEXT ",\"unit\":" TEXT ",\"by\":" TEXT ",\"zone\":" TEXT \
           ",\"nested\":" YES_OR_NO ",\"base\":" DIFF_SPAN ",\"new\":" DIFF_SPAN                   \
           ",\"group_count\":" COUNT ",\"rows\":" LIST(DIFF_ROW) ",\"other\":" DIFF_ROW            \
                                                                 ",\"total\":" DIFF_ROW)

#define SEARCH                                                                                     \
    OBJECT("\"took\",\"timed_out\",\"_shards\",\"hits\"",                                          \
           "\"took\":" COUNT ",\"timed_out\":" YES_OR_NO ",\"_shards\":" ANY ",\"hits\":" ANY      \
           ",\"aggregations\":" ANY ",\"status\":" COUNT)
#define SEARCH_BODY                                                                                \
    "{\"type\":\"object\",\"properties\":{\"size\":{\"const\":0},\"query\":" ANY ",\"aggs\":" ANY  \
    ",\"aggregations\":" ANY ",\"track_total_hits\":{}}}"

#define GRAFANA_QUERY                                                                              \
    LIST("{\"type\":\"object\",\"properties\":{\"target\":" TEXT ",\"refId\":" TEXT                \
         ",\"datapoints\":" LIST(LIST(NUMBER_OR_NULL)) ",\"type\":" TEXT ",\"columns\":" LIST(     \
             ANY) ",\"rows\":" LIST(LIST(NUMBER_OR_NULL)) "}}")
#define GRAFANA_QUERY_BODY                                                                         \
    "{\"type\":\"object\",\"properties\":{\"range\":" OBJECT(                                      \
        "",                                                                                        \
        "\"from\":" TIME                                                                           \
        ",\"to\":" TIME) ",\"intervalMs\":" NUMBER ",\"maxDataPoints\":" NUMBER                    \
                         ",\"targets\":" LIST(OBJECT(                                              \
                             "",                                                                   \
                             "\"target\":" TEXT ",\"refId\":" TEXT ",\"type\":" TEXT               \
                             ",\"payload\":" ANY)) ",\"adhocFilters\":" LIST(OBJECT("",            \
                                                                                    "\"key\""      \
                                                                                    ":" TEXT       \
                                                                                    ",\"operator"  \
                                                                                    "\":" TEXT     \
                                                                                    ",\"value\""   \
                                                                                    ":" TEXT)) "}" \
                                                                                               "}"
#define GRAFANA_BODY                                                                               \
    "{\"type\":\"object\",\"properties\":{\"target\":" TEXT ",\"key\":" TEXT ",\"name\":" TEXT "}" \
    "}"

const struct sts__schema sts__openapi_schemas[] = {
    { "Error", ERROR },
    { "Series", SERIES },
    { "Profile", PROFILE },
    { "Callers", CALLERS },
    { "Functions", FUNCTIONS },
    { "Labels", LABELS },
    { "Diff", DIFF },
    { "Search", SEARCH },
    { "SearchBody", SEARCH_BODY },
    { "Count", OBJECT("\"count\",\"_shards\"", "\"count\":" COUNT ",\"_shards\":" ANY) },
    { "Mapping",
      OBJECT("\"profiles\"", "\"profiles\":" OBJECT(
                                 "\"mappings\"", "\"mappings\":" OBJECT("\"properties\"",
                                                                        "\"properties\":" ANY))) },
    { "SearchList",
      OBJECT("\"responses\",\"took\"", "\"took\":" COUNT ",\"responses\":" LIST(ANY)) },
    { "GrafanaQuery", GRAFANA_QUERY },
    { "GrafanaQueryBody", GRAFANA_QUERY_BODY },
    { "GrafanaBody", GRAFANA_BODY },
    { "Texts", LIST(TEXT) },
    { "Objects", LIST(ANY) },
    { "Object", ANY },
    { "Ingested", INGESTED },
    { "Bulk", BULK },
};
const size_t sts__openapi_schema_count =
    sizeof(sts__openapi_schemas) / sizeof(*sts__openapi_schemas);

#define JSON(name) "\"application/json\":{\"schema\":" REFERENCE(name) "}"
#define ANSWER(status, text, content)                                                              \
    "\"" status "\":{\"description\":\"" text "\",\"content\":{" content "}}"
#define FAILURE(status, text) "," ANSWER(status, text, JSON("Error"))
#define FAILURES                                                                                   \
    FAILURE("400", "What was sent is wrong")                                                       \
    FAILURE("413", "Too large")                                                                    \
    FAILURE("415", "A Content-Encoding that is not known")                                         \
    FAILURE("429", "Too much waits; come again")                                                   \
    FAILURE("503", "It cannot be stored now; come again")                                          \
    FAILURE("507", "The disk is full; come again")
#define STORED                                                                                     \
    ANSWER("200", "Stored", JSON("Ingested"))                                                      \
    "," ANSWER("422", "All of it was refused", JSON("Ingested"))
#define BODY(type) "\"requestBody\":{\"required\":true,\"content\":{\"" type "\":{}}}"
#define ARGUMENT(name, help)                                                                       \
    "{\"name\":\"" name "\",\"in\":\"query\",\"description\":\"" help "\",\"schema\":" TEXT "}"
#define OTHERS                                                                                     \
    "{\"name\":\"others\",\"in\":\"query\",\"description\":\"documents that hold no profile\","    \
    "\"schema\":{\"type\":\"string\",\"enum\":[\"refuse\",\"pass\"]}}"
#define POST(path, id, text, arguments, type, responses)                                           \
    ",\"" path "\":{\"post\":{\"operationId\":\"" id "\",\"summary\":\"" text                      \
    "\",\"parameters\":[" arguments "]," BODY(type) ",\"responses\":{" responses FAILURES "}}}"
#define HEALTH(path, id, text)                                                                     \
    ",\"" path "\":{\"get\":{\"operationId\":\"" id "\",\"summary\":\"" text                       \
    "\",\"parameters\":[],\"responses\":{" ANSWER("200", text, "\"text/plain\":{}") "}}}"

/* clang-format off */
const char *const sts__openapi_other_paths[] = {
    POST("/api/v1/profiles", "profiles", "Profiles in, as lines of a log",
         ARGUMENT("service", "label of all; others as label.KEY") "," OTHERS,
         "application/x-ndjson", STORED),
    POST("/api/v1/pstats", "pstats", "A profile in, as a .prof file",
         ARGUMENT("begin", "when it began") "," ARGUMENT("end", "when it ended") ","
         ARGUMENT("service", "and any other label, by its key"),
         "application/octet-stream", STORED),
    POST("/_bulk", "bulk", "Profiles in, as Elasticsearch takes documents", OTHERS,
         "application/x-ndjson", ANSWER("200", "What became of each", JSON("Bulk"))),
    HEALTH("/healthz", "healthz", "It lives"),
    HEALTH("/readyz", "readyz", "It takes requests"),
    HEALTH("/metrics", "metrics", "How it is, for Prometheus"),
    NULL,
};
/* clang-format on */
