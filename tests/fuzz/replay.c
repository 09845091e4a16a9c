/* Runs a fuzz target over files instead of a fuzzer, so that `make test` sees every input that ever
 * mattered: replay_NAME FILE-OR-FOLDER... Any sanitizer's finding ends the program. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned replayed, unread;

static void replay_file(const char *path, size_t size)
{
    /* Exactly as long as the file: one byte read beyond it is found. */
    uint8_t *data = malloc(size ? size : 1);
    FILE *file = fopen(path, "rb");
    if (data && file && fread(data, 1, size, file) == size) {
        LLVMFuzzerTestOneInput(data, size);
        replayed++;
    } else {
        printf("FAILED: %s cannot be read\n", path);
        unread++;
    }
    if (file)
        fclose(file);
    free(data);
}

static void replay(const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0) {
        printf("FAILED: %s does not exist\n", path);
        unread++;
        return;
    }
    if (!S_ISDIR(st.st_mode)) {
        replay_file(path, (size_t)st.st_size);
        return;
    }
    struct dirent **names;
    int count = scandir(path, &names, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        char inner[4096];
        snprintf(inner, sizeof inner, "%s/%s", path, names[i]->d_name);
        if (names[i]->d_name[0] != '.')
            replay(inner);
        free(names[i]);
    }
    if (count >= 0)
        free(names);
}

int main(int argc, char **argv)
{
    const char *name = strrchr(argv[0], '/');
    for (int i = 1; i < argc; i++)
        replay(argv[i]);
    if (replayed == 0) {
        printf("FAILED: there was no input to replay\n");
        unread++;
    }
    printf("%s: %u passed, %u failed\n", name ? name + 1 : argv[0], replayed, unread);
    return unread ? 1 : 0;
}
