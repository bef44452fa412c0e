/* SPDX-License-Identifier: MIT */
/*
 * label_option.c - labels that a command line sets on every profile: --label KEY=VALUE.
 */
#include "cli/label_option.h"

#include <string.h>

#include <statslice/profile.h>

#include "cli/report.h"

#define KEY_BYTES_MAX ((size_t)255)

int cli_labels_check(const struct cli_list *labels, struct sts_error *err)
{
    for (size_t i = 0; i < labels->count; i++) {
        const char *text = labels->items[i];
        size_t key_len = strcspn(text, "=");
        if (key_len == 0 || text[key_len] == '\0' || key_len > KEY_BYTES_MAX)
            return cli_fail(err, STS_E_USAGE, "--label: \"%.80s\" is not KEY=VALUE", text);
    }
    return 0;
}

int cli_labels_set(const struct cli_list *labels, struct sts_profile *profile,
                   struct sts_error *err)
{
    int r = 0;

    for (size_t i = 0; i < labels->count && r >= 0; i++) {
        const char *text = labels->items[i], *value = strchr(text, '=') + 1;
        char key[KEY_BYTES_MAX + 1];
        size_t key_len = (size_t)(value - 1 - text);
        memcpy(key, text, key_len);
        key[key_len] = '\0';
        r = sts_profile_set_label(profile, key, value[0] != '\0' ? value : NULL, err);
    }
    return r;
}
