/*
 * The operating system that a contract does not have. Defining the imports of WASI keeps them out of the module, so that
 * NEAR's host functions remain its only imports; they all answer ENOSYS. There is no clock: Date.now() is 0, and a contract
 * that wants the time asks the chain.
 */
#include <stdint.h>
#include <stddef.h>
#include <sys/time.h>
#include <time.h>

#define ENOSYS_WASI 52
#define ABSENT(name, ...) \
  int32_t __imported_wasi_snapshot_preview1_##name(__VA_ARGS__) { return ENOSYS_WASI; }

ABSENT(fd_write, int32_t a, int32_t b, int32_t c, int32_t d)
ABSENT(fd_close, int32_t a)
ABSENT(fd_seek, int32_t a, int64_t b, int32_t c, int32_t d)
ABSENT(fd_fdstat_get, int32_t a, int32_t b)
ABSENT(clock_time_get, int32_t a, int64_t b, int32_t c)
ABSENT(environ_get, int32_t a, int32_t b)
ABSENT(environ_sizes_get, int32_t a, int32_t b)

_Noreturn void __imported_wasi_snapshot_preview1_proc_exit(int32_t code) { __builtin_trap(); }

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  if (now) now->tv_sec = 0, now->tv_usec = 0;
  return 0;
}

/* Local time is UTC everywhere, whatever TZ says where the snapshot is taken. */
struct tm *localtime_r(const time_t *restrict time, struct tm *restrict fields) { return gmtime_r(time, fields); }
