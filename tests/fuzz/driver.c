/* SPDX-License-Identifier: Apache-2.0
 *
 * Goes through files, and the files of folders, with the target that it is linked with.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "fuzz.h"

static unsigned n_files;

static bool
run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0) {
        perror(path);
        return false;
    }
    size_t size = (size_t)ftell(file);
    rewind(file);
    uint8_t *data = malloc(size ? size : 1);
    bool is_read = data && fread(data, 1, size, file) == size;
    (void)fclose(file);
    if (is_read) {
        (void)LLVMFuzzerTestOneInput(data, size);
        n_files++;
    }
    free(data);
    return is_read;
}

static bool
run_folder(DIR *folder, const char *path)
{
    bool is_good = true;
    for (struct dirent *entry; is_good && (entry = readdir(folder));) {
        char name[4096];
        (void)snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
        if (entry->d_name[0] != '.') {
            is_good = run_file(name);
        }
    }
    return is_good;
}

int
main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        DIR *folder = opendir(argv[i]);
        bool is_good = folder ? run_folder(folder, argv[i]) : run_file(argv[i]);
        if (folder) {
            (void)closedir(folder);
        }
        if (!is_good) {
            return 1;
        }
    }
    (void)printf("%u inputs\n", n_files);
    return n_files == 0;
}
