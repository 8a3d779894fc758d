/* A disk that takes CHEERBOARD_BENCH_SYNC_US microseconds longer to make a file durable. Preloaded
   into a server by tests/bench/disks.py: the processor is free meanwhile, as with a real disk. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

static int slowly(const char *name, int file) {
    const char *more = getenv("CHEERBOARD_BENCH_SYNC_US");
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    int result = real(file);
    if (more) usleep((useconds_t)atoi(more));
    return result;
}

int fsync(int file) { return slowly("fsync", file); }
int fdatasync(int file) { return slowly("fdatasync", file); }
