/* SPDX-License-Identifier: MIT */
/*
 * replay.c - a fuzz target over its corpus, without libFuzzer: a plain test.
 *
 * In:   the files of a folder.   Out: exit status 0 after all of them; a fault ends the process.
 * How:  each file whole, cut at every length (in steps, where it is long), and with each of its
 *       bytes changed in a few ways. The input lies at the end of a heap block of its own, so
 *       that a sanitizer sees a read behind it.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_BYTES_MAX ((size_t)1 << 20)
#define STEPS_MAX      ((size_t)1000) /* cuts, and places of changes, a file */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void run_copy(const uint8_t *data, size_t len, size_t changed_at, uint8_t change)
{
    uint8_t *copy = malloc(len > 0 ? len : 1);

    if (copy == NULL)
        abort();
    memcpy(copy, data, len);
    if (changed_at < len)
        copy[changed_at] ^= change;
    LLVMFuzzerTestOneInput(copy, len);
    free(copy);
}

static void run_variants(const uint8_t *data, size_t len)
{
    static const uint8_t changes[] = { 0x01, 0x80, 0xFF };
    size_t step = len / STEPS_MAX + 1;

    run_copy(data, len, len, 0);
    for (size_t i = 0; i < len; i += step) {
        run_copy(data, i, i, 0);
        for (size_t k = 0; k < sizeof(changes); k++)
            run_copy(data, len, i, changes[k]);
    }
}

static int run_file(const char *path)
{
    static uint8_t data[FILE_BYTES_MAX];
    FILE *file = fopen(path, "rb");
    size_t len;

    if (file == NULL) {
        perror(path);
        return 1;
    }
    len = fread(data, 1, sizeof(data), file);
    fclose(file);
    run_variants(data, len);
    return 0;
}

static int run_folder(const char *folder)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    char path[4096];
    int failed = 0;
    size_t count = 0;

    if (dir == NULL) {
        perror(folder);
        return 1;
    }
    while ((entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        failed |= run_file(path);
        count++;
    }
    closedir(dir);
    printf("%zu files of %s\n", count, folder);
    return failed || count == 0;
}

int main(int argc, char **argv)
{
    int failed = argc < 2;

    for (int i = 1; i < argc; i++)
        failed |= run_folder(argv[i]);
    return failed;
}
