/* SPDX-License-Identifier: MIT */
/*
 * option_rows.h - rows of tables of options that several tables have.
 *
 * Why: series, totals and comparisons speak of the same option in the same words.
 */
#ifndef STS_QUERY_OPTION_ROWS_H
#define STS_QUERY_OPTION_ROWS_H

/* Each initializes a struct sts_query_option. */
#define STS__OPTION_ZONE                                                                           \
    {                                                                                              \
        "zone", "NAME", NULL,                                                                      \
            "time zone of calendar units, dates and shown times: Europe/Berlin, local (default: "  \
            "UTC)",                                                                                \
            false                                                                                  \
    }
#define STS__OPTION_ATTRIBUTION                                                                    \
    {                                                                                              \
        "attribution", "HOW", "spread end start",                                                  \
            "a profile across an edge is split (spread), or counts whole where it ends or starts " \
            "(default: spread)",                                                                   \
            false                                                                                  \
    }
#define STS__OPTION_BY                                                                             \
    {                                                                                              \
        "by", "WHAT", NULL,                                                                        \
            "what is summed: function, name, file, module, package, label:KEY, or two of them "    \
            "with a comma (default: function)",                                                    \
            false                                                                                  \
    }
#define STS__OPTION_WHERE                                                                          \
    {                                                                                              \
        "where", "CONDITION", NULL,                                                                \
            "only profiles with label=value, label!=value, label~regex, label!~regex", true        \
    }
#define STS__OPTION_MATCH                                                                          \
    {                                                                                              \
        "match", "REGEX", NULL,                                                                    \
            "only functions whose \"file:line(name)\" holds it; any of several", true              \
    }
#define STS__OPTION_FUNCTION                                                                       \
    {                                                                                              \
        "function", "NAME", NULL,                                                                  \
            "only the function whose column of \"by function\" has that name; any of several",     \
            true                                                                                   \
    }
#define STS__OPTION_FROM                                                                           \
    {                                                                                              \
        "from", "TIME", NULL,                                                                      \
            "from that time on: 2024-05-05, \"2024-05-05 12:00\", \"yesterday 14:00\", RFC 3339, " \
            "-1h, now, seconds since 1970",                                                        \
            false                                                                                  \
    }
#define STS__OPTION_TO                                                                             \
    {                                                                                              \
        "to", "TIME", NULL, "before that time", false                                              \
    }
#define STS__OPTION_TOP                                                                            \
    {                                                                                              \
        "top", "N", NULL, "the N largest stand alone, 0: all (default: 10)", false                 \
    }

#endif
