/* SPDX-License-Identifier: MIT */
/*
 * by.c - what columns are, as it is asked for: "function", "label:service,module".
 */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "query/group.h"

static const char *const kind_names[] = {
    [STS__BY_FUNCTION] = "function", [STS__BY_NAME] = "name",       [STS__BY_FILE] = "file",
    [STS__BY_MODULE] = "module",     [STS__BY_PACKAGE] = "package", [STS__BY_LABEL] = "label",
};

#define KIND_COUNT (sizeof(kind_names) / sizeof(kind_names[0]))

void sts__by_deinit(struct sts__by *by)
{
    free(by->text);
    free(by->key_text);
    memset(by, 0, sizeof(*by));
}

/* One part, which is cut off its text here: "label:KEY" keeps its key. */
static bool parse_part(struct sts__by *by, char *part)
{
    static const char label[] = "label:";
    size_t kind = 0;

    if (strncmp(part, label, strlen(label)) == 0 && part[strlen(label)] != '\0') {
        by->keys[by->part_count] = part + strlen(label);
        by->kinds[by->part_count++] = STS__BY_LABEL;
        return true;
    }
    while (kind < KIND_COUNT && (kind == STS__BY_LABEL || strcmp(part, kind_names[kind]) != 0))
        kind++;
    if (kind == KIND_COUNT)
        return false;
    by->kinds[by->part_count++] = (enum sts__by_kind)kind;
    return true;
}

int sts__by_parse(struct sts__by *by, const char *text, struct sts_error *err)
{
    struct sts__by parsed = { 0 };
    char *comma;
    bool ok;

    parsed.text = sts__copy_text(text, strlen(text));
    parsed.key_text = sts__copy_text(text, strlen(text));
    if (parsed.text == NULL || parsed.key_text == NULL) {
        sts__by_deinit(&parsed);
        return sts__fail_nomem(err);
    }
    comma = strchr(parsed.key_text, ',');
    if (comma != NULL)
        *comma = '\0';
    ok = parse_part(&parsed, parsed.key_text);
    if (ok && comma != NULL)
        ok = strchr(comma + 1, ',') == NULL && parse_part(&parsed, comma + 1);
    if (!ok) {
        sts__by_deinit(&parsed);
        return sts__fail(err, STS_E_USAGE,
                         "by must be function, name, file, module, package or label:KEY, or two "
                         "of them with a comma between, not \"%s\"",
                         text);
    }
    sts__by_deinit(by);
    *by = parsed;
    return 0;
}
