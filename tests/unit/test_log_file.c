/* SPDX-License-Identifier: MIT */
/*
 * test_log_file.c - writer/log_file.c: whole lines, by several processes, through rotations.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "writer/log_file.h"

static char folder[64];
static const struct sts__log_file_options never = { 0, 0, 5 };
static const atomic_bool patient;

static const char *path_of(const char *name)
{
    static char paths[4][160];
    static unsigned turn;
    char *path = paths[turn++ % 4];

    snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
    return path;
}

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/test_log_file-XXXXXX");
    return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state)
{
    char command[128];

    (void)state;
    snprintf(command, sizeof(command), "rm -r %s", folder);
    return system(command);
}

static struct sts__line_sink open_log(const char *path, const struct sts__log_file_options *options)
{
    struct sts__line_sink sink;

    assert_int_equal(sts__log_file_open(path, options, &sink, NULL), 0);
    return sink;
}

static int put(struct sts__line_sink sink, const char *line)
{
    return sink.kind->write(sink.context, line, strlen(line), &patient, NULL);
}

static void close_log(struct sts__line_sink sink)
{
    sink.kind->close(sink.context);
}

static void assert_holds(const char *path, const char *expected)
{
    char text[4096] = "";
    FILE *file = fopen(path, "rb");

    assert_non_null(file);
    (void)!fread(text, 1, sizeof(text) - 1, file);
    fclose(file);
    assert_string_equal(text, expected);
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void test_log_file__appends(void **state)
{
    struct sts__line_sink sink;

    (void)state;
    write_file(path_of("log"), "before\n");
    sink = open_log(path_of("log"), &never);
    assert_int_equal(put(sink, "one\n"), 0);
    assert_int_equal(put(sink, "two\n"), 0);
    close_log(sink);
    assert_holds(path_of("log"), "before\none\ntwo\n");
}

static void test_log_file__begins_a_line_of_its_own(void **state)
{
    struct sts__line_sink sink;

    (void)state;
    write_file(path_of("log"), "killed in the mid");
    sink = open_log(path_of("log"), &never);
    assert_int_equal(put(sink, "one\n"), 0);
    close_log(sink);
    assert_holds(path_of("log"), "killed in the mid\none\n");
}

static void test_log_file__rotates_by_size(void **state)
{
    const struct sts__log_file_options options = { 10, 0, 2 };
    struct sts__line_sink sink = open_log(path_of("log"), &options);

    (void)state;
    for (int i = 1; i <= 9; i++) {
        char line[8];

        snprintf(line, sizeof(line), "l %d \n", i); /* two of them fit */
        assert_int_equal(put(sink, line), 0);
    }
    close_log(sink);
    assert_holds(path_of("log"), "l 9 \n");
    assert_holds(path_of("log.1"), "l 7 \nl 8 \n");
    assert_holds(path_of("log.2"), "l 5 \nl 6 \n");
    assert_int_not_equal(access(path_of("log.3"), F_OK), 0);
}

static void test_log_file__keeps_none_where_none_is_to_be_kept(void **state)
{
    const struct sts__log_file_options options = { 5, 0, 0 };
    struct sts__line_sink sink = open_log(path_of("log"), &options);

    (void)state;
    assert_int_equal(put(sink, "one.\n"), 0);
    assert_int_equal(put(sink, "two.\n"), 0);
    close_log(sink);
    assert_holds(path_of("log"), "two.\n");
    assert_int_not_equal(access(path_of("log.1"), F_OK), 0);
}

/* A file that was written in an earlier period is set back to it. */
static void test_log_file__rotates_when_a_new_period_has_begun(void **state)
{
    const struct sts__log_file_options options = { 0, INT64_C(3600000000000), 3 };
    const struct timespec old[2] = { { 1000000000, 0 }, { 1000000000, 0 } };
    struct sts__line_sink sink = open_log(path_of("log"), &options);

    (void)state;
    assert_int_equal(put(sink, "one\n"), 0);
    assert_int_equal(put(sink, "two\n"), 0);
    assert_int_equal(utimensat(AT_FDCWD, path_of("log"), old, 0), 0);
    assert_int_equal(put(sink, "three\n"), 0);
    close_log(sink);
    assert_holds(path_of("log.1"), "one\ntwo\n");
    assert_holds(path_of("log"), "three\n");
}

static void test_log_file__follows_its_path_when_others_rotate(void **state)
{
    struct sts__line_sink sink = open_log(path_of("log"), &never);

    (void)state;
    assert_int_equal(put(sink, "one\n"), 0);
    assert_int_equal(rename(path_of("log"), path_of("log.old")), 0);
    assert_int_equal(put(sink, "two\n"), 0);
    assert_int_equal(unlink(path_of("log")), 0);
    assert_int_equal(put(sink, "three\n"), 0);
    close_log(sink);
    assert_holds(path_of("log.old"), "one\n");
    assert_holds(path_of("log"), "three\n");
}

static void test_log_file__fails_and_recovers_when_its_folder_goes_and_comes(void **state)
{
    struct sts__line_sink sink;
    struct sts_error err = { 0 };

    (void)state;
    assert_int_equal(mkdir(path_of("logs"), 0700), 0);
    sink = open_log(path_of("logs/log"), &never);
    assert_int_equal(put(sink, "one\n"), 0);
    assert_int_equal(rename(path_of("logs"), path_of("moved")), 0);
    assert_int_equal(sink.kind->write(sink.context, "two\n", 4, &patient, &err), STS_E_IO);
    assert_int_equal(err.sys_errno, ENOENT);
    assert_int_equal(mkdir(path_of("logs"), 0700), 0);
    assert_int_equal(put(sink, "two\n"), 0);
    close_log(sink);
    assert_holds(path_of("logs/log"), "two\n");
    assert_holds(path_of("moved/log"), "one\n");
}

static void test_log_file__keeps_its_path_when_the_program_changes_its_folder(void **state)
{
    struct sts__line_sink sink;

    (void)state;
    assert_int_equal(chdir(folder), 0);
    sink = open_log("log", &never);
    assert_int_equal(chdir("/"), 0);
    assert_int_equal(unlink(path_of("log")), 0);
    assert_int_equal(put(sink, "one\n"), 0);
    close_log(sink);
    assert_holds(path_of("log"), "one\n");
}

/* The lowest numbers, as a daemon does; those of cmocka's own files are not among them. */
static int lowest_free(void)
{
    int fd = open("/dev/null", O_RDONLY);

    close(fd);
    return fd;
}

static void test_log_file__leaves_a_descriptor_alone_that_became_the_programs(void **state)
{
    const char *path = path_of("log"), *other_path = path_of("other");
    int log_fd = lowest_free();
    struct sts__line_sink sink = open_log(path, &never);
    int other_fd;

    (void)state;
    assert_int_equal(put(sink, "a\n"), 0);
    close(log_fd);
    other_fd = open(other_path, O_RDWR | O_CREAT, 0600);
    assert_int_equal(other_fd, log_fd);
    assert_int_equal(put(sink, "b\n"), 0);
    assert_int_equal(write(other_fd, "mine", 4), 4);
    close(other_fd);
    assert_int_equal(put(sink, "c\n"), 0);
    other_fd = lowest_free();
    assert_int_equal(other_fd, log_fd);
    close_log(sink);
    assert_holds(path, "a\nb\nc\n");
    assert_holds(other_path, "mine");
}

static void test_log_file__is_no_standard_stream(void **state)
{
    int input_fd = dup(STDIN_FILENO);
    struct sts__line_sink sink;

    (void)state;
    close(STDIN_FILENO);
    sink = open_log(path_of("log"), &never);
    assert_int_equal(fcntl(STDIN_FILENO, F_GETFD), -1);
    assert_int_equal(put(sink, "a\n"), 0);
    close_log(sink);
    assert_holds(path_of("log"), "a\n");
    if (input_fd >= 0)
        assert_int_equal(dup2(input_fd, STDIN_FILENO), STDIN_FILENO);
    close(input_fd);
}

static void test_log_file__cannot_be_opened_where_there_is_no_folder(void **state)
{
    struct sts__line_sink sink;
    struct sts_error err = { 0 };

    (void)state;
    assert_int_equal(sts__log_file_open(path_of("no/log"), &never, &sink, &err), STS_E_IO);
    assert_int_equal(err.sys_errno, ENOENT);
    assert_int_equal(sts__log_file_open(folder, &never, &sink, &err), STS_E_IO);
    assert_int_equal(err.sys_errno, EISDIR);
}

/* A file that may not grow stands in for a disk that is full. */
static void test_log_file__takes_back_a_line_that_found_no_room(void **state)
{
    struct sts__line_sink sink = open_log(path_of("log"), &never);
    struct rlimit before, small;
    struct sts_error err = { 0 };

    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(put(sink, "one\n"), 0);
    small = before;
    small.rlim_cur = 10;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_int_equal(sink.kind->write(sink.context, "much too long\n", 14, &patient, &err),
                     STS_E_IO);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(err.sys_errno, EFBIG);
    assert_holds(path_of("log"), "one\n");
    assert_int_equal(put(sink, "two\n"), 0);
    close_log(sink);
    assert_holds(path_of("log"), "one\ntwo\n");
}

static void test_log_file__writes_without_the_lock_of_one_that_is_stopped(void **state)
{
    const struct sts__log_file_options options = { 1, 0, 2 };
    struct sts__line_sink sink = open_log(path_of("log"), &options);
    int other = open(path_of("log"), O_RDWR);

    (void)state;
    assert_int_equal(put(sink, "one\n"), 0);
    assert_int_equal(flock(other, LOCK_EX), 0);
    assert_int_equal(put(sink, "two\n"), 0);
    assert_holds(path_of("log"), "one\ntwo\n"); /* and it did not rotate */
    close(other);
    close_log(sink);
}

/* --- several processes --- */

enum { WRITERS = 4, LINES = 500, LINE_BYTES = 200 };

static void write_lines(int writer)
{
    const struct sts__log_file_options options = { 20000, 0, 1000 };
    struct sts__line_sink sink = open_log(path_of("log"), &options);
    char line[LINE_BYTES + 1];

    for (int i = 0; i < LINES; i++) {
        int len = snprintf(line, sizeof(line), "%d %d ", writer, i);

        memset(line + len, 'x', (size_t)(LINE_BYTES - 1 - len));
        line[LINE_BYTES - 1] = '\n';
        line[LINE_BYTES] = '\0';
        if (put(sink, line) != 0)
            _exit(1);
    }
    close_log(sink);
    _exit(0);
}

/* Notes each line of a file; every one must be whole. */
static void read_lines(const char *path, unsigned char seen[WRITERS][LINES])
{
    char line[LINE_BYTES + 64];
    FILE *file = fopen(path, "rb");

    assert_non_null(file);
    while (fgets(line, sizeof(line), file) != NULL) {
        int writer = -1, i = -1;

        assert_int_equal(strlen(line), LINE_BYTES);
        assert_int_equal(sscanf(line, "%d %d x", &writer, &i), 2);
        assert_in_range(writer, 0, WRITERS - 1);
        assert_in_range(i, 0, LINES - 1);
        seen[writer][i]++;
    }
    fclose(file);
}

static void test_log_file__loses_no_line_of_four_processes_that_rotate(void **state)
{
    static unsigned char seen[WRITERS][LINES];
    pid_t pids[WRITERS];
    struct stat info;
    int n_files = 0;

    (void)state;
    for (int i = 0; i < WRITERS; i++) {
        pids[i] = fork();
        if (pids[i] == 0)
            write_lines(i);
    }
    for (int i = 0; i < WRITERS; i++) {
        int status = -1;

        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        assert_int_equal(status, 0);
    }
    read_lines(path_of("log"), seen);
    for (int i = 1;; i++) {
        char name[32];

        snprintf(name, sizeof(name), "log.%d", i);
        if (stat(path_of(name), &info) != 0)
            break;
        assert_in_range(info.st_size, 20000 - LINE_BYTES + 1, 20000);
        read_lines(path_of(name), seen);
        n_files++;
    }
    assert_int_equal(n_files, WRITERS * LINES * LINE_BYTES / 20000 - 1);
    for (int writer = 0; writer < WRITERS; writer++)
        for (int i = 0; i < LINES; i++)
            assert_int_equal(seen[writer][i], 1);
}

/* --- what is no file --- */

static void test_log_file__gives_up_on_a_fifo_that_nobody_reads(void **state)
{
    const atomic_bool hasty = true;
    static char line[1 << 18];
    struct sts__line_sink sink;
    struct sts_error err = { 0 };
    int reader;
    char got[8] = "";

    (void)state;
    assert_int_equal(mkfifo(path_of("fifo"), 0600), 0);
    sink = open_log(path_of("fifo"), &never);
    assert_int_equal(put(sink, "nobody\n"), STS_E_IO);
    reader = open(path_of("fifo"), O_RDONLY | O_NONBLOCK);
    assert_true(reader >= 0);
    assert_int_equal(put(sink, "one\n"), 0);
    assert_int_equal(read(reader, got, sizeof(got)), 4);
    assert_string_equal(got, "one\n");
    memset(line, 'x', sizeof(line) - 1);
    assert_int_equal(sink.kind->write(sink.context, line, sizeof(line), &hasty, &err),
                     STS_E_CANCELLED);
    close(reader);
    close_log(sink);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        CASE(test_log_file__appends),
        CASE(test_log_file__begins_a_line_of_its_own),
        CASE(test_log_file__rotates_by_size),
        CASE(test_log_file__keeps_none_where_none_is_to_be_kept),
        CASE(test_log_file__rotates_when_a_new_period_has_begun),
        CASE(test_log_file__follows_its_path_when_others_rotate),
        CASE(test_log_file__fails_and_recovers_when_its_folder_goes_and_comes),
        CASE(test_log_file__keeps_its_path_when_the_program_changes_its_folder),
        CASE(test_log_file__leaves_a_descriptor_alone_that_became_the_programs),
        CASE(test_log_file__is_no_standard_stream),
        CASE(test_log_file__cannot_be_opened_where_there_is_no_folder),
        CASE(test_log_file__takes_back_a_line_that_found_no_room),
        CASE(test_log_file__writes_without_the_lock_of_one_that_is_stopped),
        CASE(test_log_file__loses_no_line_of_four_processes_that_rotate),
        CASE(test_log_file__gives_up_on_a_fifo_that_nobody_reads),
    };
#undef CASE

    return cmocka_run_group_tests(tests, NULL, NULL);
}
