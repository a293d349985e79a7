/* A node of a cluster does not start where it may open fewer than 65,535 files. Where the engine gives no container
 * that many, a test that opens some hundred is told so: laid before the C library by LD_PRELOAD, in tests only. */
#define _GNU_SOURCE
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

int getrlimit(__rlimit_resource_t resource, struct rlimit *limits) {
  int failed = (int)syscall(SYS_prlimit64, 0, resource, 0, limits);
  if (!failed && resource == RLIMIT_NOFILE) limits->rlim_cur = limits->rlim_max = 65535;
  return failed;
}

int getrlimit64(__rlimit_resource_t resource, struct rlimit64 *limits) {
  return getrlimit(resource, (struct rlimit *)limits);
}
