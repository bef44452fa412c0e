/* SPDX-License-Identifier: MIT */
/*
 * test_post_spool.c - post/post_spool.c: lines wait on the disk, in order, whatever becomes of
 * processes.
 */
#define _XOPEN_SOURCE 700 /* nftw */
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "post/post_spool.h"
#include "post/spool_name.h"

static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/statslice-test-XXXXXX");
    return mkdtemp(folder) == NULL;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)info;
    (void)kind;
    (void)where;
    return remove(path);
}

static int remove_folder(void **state)
{
    (void)state;
    return nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static struct sts__spool *open_spool(size_t n_bytes_max)
{
    const struct sts__spool_options options = { folder, "shop", n_bytes_max };
    struct sts__spool *spool;

    assert_int_equal(sts__spool_new(&options, &spool, NULL), 0);
    return spool;
}

static void append(struct sts__spool *spool, int first, int end)
{
    char line[32];

    for (int i = first; i < end; i++) {
        int len = snprintf(line, sizeof(line), "line %d\n", i);
        assert_int_equal(sts__spool_append(spool, line, (size_t)len, NULL), 0);
    }
}

/* All that waits is read, some lines at a time: "1 2 3 ". */
static const char *drain(struct sts__spool *spool, size_t n_lines_max)
{
    static char text[1 << 16];
    struct sts__bytes bytes;
    size_t len = 0;

    text[0] = '\0';
    sts__bytes_init(&bytes, (size_t)1 << 20);
    while (sts__spool_peek(spool, n_lines_max, 1000, &bytes, NULL) > 0) {
        size_t n_lines = 0;
        for (size_t i = 0; i < bytes.len; i++) {
            if (bytes.data[i] == '\n') {
                bytes.data[i] = ' ';
                n_lines++;
            }
        }
        for (const char *at = bytes.data; at < bytes.data + bytes.len; at += strcspn(at, " ") + 1) {
            at += strlen("line ");
            len += (size_t)snprintf(text + len, sizeof(text) - len, "%.*s ", (int)strcspn(at, " "),
                                    at);
        }
        sts__spool_pass(spool, n_lines, bytes.len);
    }
    sts__bytes_deinit(&bytes);
    return text;
}

static struct sts__spool_counts counts_of(struct sts__spool *spool)
{
    struct sts__spool_counts counts;

    sts__spool_counts(spool, &counts);
    return counts;
}

static int count_files(const char *path)
{
    DIR *list = opendir(path);
    const struct dirent *entry;
    int count = 0;

    assert_non_null(list);
    while ((entry = readdir(list)) != NULL)
        count += entry->d_name[0] != '.';
    closedir(list);
    return count;
}

static const char *below(const char *name)
{
    static char path[128];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    return path;
}

/* A process that spools, tells that it has, and lives until it is killed. */
static pid_t begin_other(int first, int end)
{
    int ends[2];
    char told;
    pid_t pid;

    assert_int_equal(pipe(ends), 0);
    pid = fork();
    if (pid == 0) {
        struct sts__spool *spool = open_spool(1 << 20);
        append(spool, first, end);
        (void)!write(ends[1], "x", 1);
        for (;;)
            pause();
    }
    assert_int_equal(read(ends[0], &told, 1), 1);
    close(ends[0]);
    close(ends[1]);
    return pid;
}

static void end_other(pid_t pid)
{
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void test_spool__gives_lines_back_in_order_and_leaves_nothing(void **state)
{
    struct sts__spool *spool = open_spool(1 << 20);

    (void)state;
    append(spool, 0, 5);
    assert_int_equal(counts_of(spool).n_lines, 5);
    assert_int_equal(counts_of(spool).n_bytes, 5 * 7);
    assert_string_equal(drain(spool, 2), "0 1 2 3 4 ");
    append(spool, 5, 7);
    assert_string_equal(drain(spool, 100), "5 6 ");
    assert_int_equal(counts_of(spool).n_lines, 0);
    assert_int_equal(counts_of(spool).n_bytes, 0);
    sts__spool_free(spool);
    assert_int_equal(count_files(below("shop")), 0);
}

static void test_spool__what_was_not_passed_is_there_for_the_next(void **state)
{
    struct sts__spool *spool = open_spool(1 << 20);
    struct sts__bytes bytes;

    (void)state;
    append(spool, 0, 4);
    sts__bytes_init(&bytes, 1000);
    assert_int_equal(sts__spool_peek(spool, 3, 1000, &bytes, NULL), 3);
    sts__bytes_deinit(&bytes);
    sts__spool_free(spool);
    spool = open_spool(1 << 20);
    append(spool, 4, 6);
    sts__spool_adopt(spool);
    assert_int_equal(counts_of(spool).n_adopted, 4);
    assert_string_equal(drain(spool, 100), "0 1 2 3 4 5 ");
    sts__spool_free(spool);
    assert_int_equal(count_files(below("shop")), 0);
}

static void test_spool__a_living_process_keeps_its_lines_and_a_killed_one_leaves_them(void **state)
{
    struct sts__spool *spool = open_spool(1 << 20);
    pid_t first = begin_other(0, 3), second = begin_other(10, 12);

    (void)state;
    sts__spool_adopt(spool);
    assert_int_equal(counts_of(spool).n_lines, 0);
    end_other(first);
    sts__spool_adopt(spool);
    assert_string_equal(drain(spool, 100), "0 1 2 ");
    end_other(second);
    sts__spool_adopt(spool);
    assert_string_equal(drain(spool, 100), "10 11 ");
    sts__spool_free(spool);
    assert_int_equal(count_files(below("shop")), 0);
}

/* Four processes reach for what five have left: each line is one's alone. */
static void test_spool__a_line_is_adopted_by_one(void **state)
{
    int ends[2], sum = 0;
    pid_t pids[4];
    uint64_t adopted;

    (void)state;
    for (int i = 0; i < 5; i++)
        end_other(begin_other(i * 10, i * 10 + 10));
    assert_int_equal(pipe(ends), 0);
    for (int i = 0; i < 4; i++) {
        pids[i] = fork();
        if (pids[i] == 0) {
            struct sts__spool *spool = open_spool(1 << 20);
            sts__spool_adopt(spool);
            adopted = counts_of(spool).n_adopted;
            (void)!write(ends[1], &adopted, sizeof(adopted));
            pause(); /* and keeps them */
        }
    }
    for (int i = 0; i < 4; i++) {
        assert_int_equal(read(ends[0], &adopted, sizeof(adopted)), sizeof(adopted));
        sum += (int)adopted;
    }
    assert_int_equal(sum, 50);
    for (int i = 0; i < 4; i++)
        end_other(pids[i]);
    close(ends[0]);
    close(ends[1]);
}

static void test_spool__a_forked_child_lets_the_files_be(void **state)
{
    struct sts__spool *spool = open_spool(1 << 20), *other;
    pid_t pid;
    int status;

    (void)state;
    append(spool, 0, 3);
    pid = fork();
    if (pid == 0) {
        sts__spool_free(spool);
        other = open_spool(1 << 20);
        append(other, 3, 4);
        sts__spool_adopt(other); /* the parent has them */
        _exit((int)counts_of(other).n_lines);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(WEXITSTATUS(status), 1);
    sts__spool_adopt(spool);
    assert_string_equal(drain(spool, 100), "0 1 2 3 ");
    sts__spool_free(spool);
}

static void test_spool__a_line_that_was_cut_off_is_none(void **state)
{
    struct sts__spool *spool;

    (void)state;
    assert_int_equal(mkdir(below("shop"), S_IRWXU), 0);
    assert_int_equal(mkdir(below("shop/0-1-2"), S_IRWXU), 0);
    close(open(below("shop/0-1-2/lock"), O_CREAT | O_WRONLY, S_IRUSR | S_IWUSR));
    int fd = open(below("shop/0-1-2/0000.ndjson"), O_CREAT | O_WRONLY, S_IRUSR | S_IWUSR);
    assert_int_equal(write(fd, "line 1\nline 2\nli", 16), 16);
    close(fd);
    spool = open_spool(1 << 20);
    sts__spool_adopt(spool);
    assert_string_equal(drain(spool, 100), "1 2 ");
    sts__spool_free(spool);
    assert_int_equal(count_files(below("shop")), 0);
}

static void test_spool__the_oldest_make_room(void **state)
{
    struct sts__spool *spool = open_spool(8000);
    const char *left;
    int first;

    (void)state;
    append(spool, 1000, 3000); /* of 10 bytes */
    assert_true(counts_of(spool).n_bytes <= 8000);
    assert_true(counts_of(spool).n_bytes >= 7000);
    assert_int_equal(counts_of(spool).n_dropped + counts_of(spool).n_lines, 2000);
    first = 3000 - (int)counts_of(spool).n_lines;
    left = drain(spool, 100);
    for (int i = first; i < 3000; i++, left += 5)
        assert_int_equal(atoi(left), i);
    assert_int_equal(*left, '\0');
    sts__spool_free(spool);
}

static void test_spool__the_limit_is_that_of_all_processes(void **state)
{
    struct sts__spool *spool = open_spool(80000);
    pid_t other = begin_other(1000, 7000);

    (void)state;
    append(spool, 1000, 9000);
    assert_true(counts_of(spool).n_bytes <= 20000);
    end_other(other);
    sts__spool_adopt(
        spool); /* over the limit until the next line, which the oldest make room for */
    append(spool, 9000, 9001);
    assert_true(counts_of(spool).n_bytes <= 80000);
    assert_int_equal(counts_of(spool).n_lines + counts_of(spool).n_dropped, 6000 + 8001);
    sts__spool_free(spool);
}

static void test_spool__what_is_under_way_is_not_dropped(void **state)
{
    struct sts__spool *spool = open_spool(8000);
    struct sts__bytes bytes;

    (void)state;
    append(spool, 1000, 1010);
    sts__bytes_init(&bytes, 1000);
    assert_int_equal(sts__spool_peek(spool, 3, 1000, &bytes, NULL), 3);
    append(spool, 1010, 3000);
    sts__spool_pass(spool, 3, bytes.len);
    sts__bytes_deinit(&bytes);
    assert_int_equal(atoi(drain(spool, 100)), 1003);
    sts__spool_free(spool);
}

static void test_spool__a_line_over_the_limit_is_refused(void **state)
{
    struct sts__spool *spool = open_spool(8000);
    char *line = calloc(1, 9000);

    (void)state;
    memset(line, 'x', 9000);
    line[8999] = '\n';
    append(spool, 0, 2);
    assert_int_equal(sts__spool_append(spool, line, 9000, NULL), STS_E_LIMIT);
    free(line);
    sts__spool_free(spool);
}

static void test_spool__a_long_line_comes_whole(void **state)
{
    struct sts__spool *spool = open_spool(1 << 22);
    struct sts__bytes bytes;
    char *line = malloc(300000);

    (void)state;
    memset(line, 'x', 300000);
    line[299999] = '\n';
    append(spool, 0, 1);
    assert_int_equal(sts__spool_append(spool, line, 300000, NULL), 0);
    append(spool, 1, 2);
    sts__bytes_init(&bytes, 1 << 22);
    assert_int_equal(sts__spool_peek(spool, 9, 1000, &bytes, NULL), 1);
    sts__spool_pass(spool, 1, bytes.len);
    assert_int_equal(sts__spool_peek(spool, 9, 1000, &bytes, NULL), 1);
    assert_int_equal(bytes.len, 300000);
    assert_memory_equal(bytes.data, line, 300000);
    sts__spool_pass(spool, 1, bytes.len);
    assert_string_equal(drain(spool, 9), "1 ");
    sts__bytes_deinit(&bytes);
    free(line);
    sts__spool_free(spool);
}

/* --- without a disk --- */

static void test_spool__lines_are_in_memory_where_there_is_no_disk(void **state)
{
    const struct sts__spool_options options = { "/proc/none/of/this", "shop", 1 << 20 };
    struct sts__spool *spool;
    struct sts_error reason = { 0 };

    (void)state;
    assert_int_equal(sts__spool_new(&options, &spool, NULL), 0);
    assert_int_equal(sts__spool_check(spool, NULL), STS_E_IO);
    append(spool, 0, 3);
    assert_true(sts__spool_take_trouble(spool, &reason));
    assert_non_null(strstr(reason.text, "/proc/none/of/this"));
    assert_int_equal(counts_of(spool).n_lines_in_memory, 3);
    sts__spool_adopt(spool);
    assert_string_equal(drain(spool, 2), "0 1 2 ");
    assert_int_equal(counts_of(spool).n_lines_in_memory, 0);
    sts__spool_free(spool);
}

static void test_spool__survives_that_its_folder_is_taken_away(void **state)
{
    struct sts__spool *spool = open_spool(1 << 16);

    (void)state;
    append(spool, 1000, 1100);
    assert_int_equal(nftw(below("shop"), remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
    append(spool, 1100, 3000); /* segments are of 8 KiB: the next ones cannot be files */
    assert_int_equal(counts_of(spool).n_lines, 2000);
    assert_int_equal(atoi(drain(spool, 1000)), 1000);
    assert_int_equal(counts_of(spool).n_dropped, 0);
    sts__spool_free(spool);
}

/* The number that the next file gets. */
static int lowest_free(void)
{
    int fd = open("/dev/null", O_RDONLY);

    close(fd);
    return fd;
}

static void test_spool__leaves_descriptors_alone_that_became_the_programs(void **state)
{
    enum { N_FILES = 8 };
    int first_fd = lowest_free(), fds[N_FILES];
    struct sts__spool *spool = open_spool(1 << 20);
    char path[128];
    struct stat info;

    (void)state;
    append(spool, 0, 2);
    assert_true(lowest_free() > first_fd);
    for (int fd = first_fd; fd < first_fd + N_FILES; fd++)
        close(fd);
    for (int i = 0; i < N_FILES; i++) {
        snprintf(path, sizeof(path), "%s/file%d", folder, i);
        fds[i] = open(path, O_RDWR | O_CREAT, 0600);
        assert_int_equal(fds[i], first_fd + i);
    }
    append(spool, 2, 4);
    assert_string_equal(drain(spool, 10), "0 1 2 3 ");
    append(spool, 4, 5);
    assert_int_equal(counts_of(spool).n_lines, 1);
    sts__spool_free(spool);
    for (int i = 0; i < N_FILES; i++) {
        assert_int_equal(fstat(fds[i], &info), 0);
        assert_int_equal(info.st_size, 0);
        assert_int_equal(write(fds[i], "mine", 4), 4);
        close(fds[i]);
    }
    spool = open_spool(1 << 20);
    sts__spool_adopt(spool);
    assert_string_equal(drain(spool, 10), "4 ");
    sts__spool_free(spool);
}

static void test_spool__a_folder_that_others_may_write_is_not_used(void **state)
{
    struct sts__spool *spool = open_spool(1 << 20);

    (void)state;
    assert_int_equal(mkdir(below("shop"), S_IRWXU), 0);
    assert_int_equal(chmod(below("shop"), S_IRWXU | S_IRWXG | S_IRWXO), 0);
    assert_int_equal(sts__spool_check(spool, NULL), STS_E_IO);
    assert_int_equal(rmdir(below("shop")), 0);
    assert_int_equal(mkdir(below("elsewhere"), S_IRWXU), 0);
    assert_int_equal(symlink("elsewhere", below("shop")), 0);
    assert_int_equal(sts__spool_check(spool, NULL), STS_E_IO);
    sts__spool_free(spool);
}

static void test_spool_name__tells_services_and_servers_apart(void **state)
{
    char names[4][STS__SPOOL_NAME_BYTES];

    (void)state;
    sts__spool_name("shop", "http://one:1", names[0]);
    sts__spool_name("shop", "http://two:1", names[1]);
    sts__spool_name("../../etc", "http://one:1", names[2]);
    sts__spool_name("", "http://one:1", names[3]);
    assert_memory_equal(names[0], "shop-", 5);
    assert_string_not_equal(names[0], names[1]);
    assert_null(strchr(names[2], '/'));
    assert_int_not_equal(names[2][0], '.');
    assert_memory_equal(names[3], "service-", 8);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        CASE(test_spool__gives_lines_back_in_order_and_leaves_nothing),
        CASE(test_spool__what_was_not_passed_is_there_for_the_next),
        CASE(test_spool__a_living_process_keeps_its_lines_and_a_killed_one_leaves_them),
        CASE(test_spool__a_line_is_adopted_by_one),
        CASE(test_spool__a_forked_child_lets_the_files_be),
        CASE(test_spool__a_line_that_was_cut_off_is_none),
        CASE(test_spool__the_oldest_make_room),
        CASE(test_spool__the_limit_is_that_of_all_processes),
        CASE(test_spool__what_is_under_way_is_not_dropped),
        CASE(test_spool__a_line_over_the_limit_is_refused),
        CASE(test_spool__a_long_line_comes_whole),
        CASE(test_spool__lines_are_in_memory_where_there_is_no_disk),
        CASE(test_spool__survives_that_its_folder_is_taken_away),
        CASE(test_spool__leaves_descriptors_alone_that_became_the_programs),
        CASE(test_spool__a_folder_that_others_may_write_is_not_used),
        CASE(test_spool_name__tells_services_and_servers_apart),
    };
#undef CASE

    return cmocka_run_group_tests(tests, NULL, NULL);
}
