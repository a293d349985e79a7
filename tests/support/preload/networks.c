/* Chromium gives up what it is connecting to whenever an interface or an address of the machine comes or goes, and
 * Docker makes and removes some all the time. A browser that opens pages of this machine only need not hear of it:
 * laid before the C library by LD_PRELOAD, in tests only. */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int socket(int domain, int type, int protocol) {
  if (domain == AF_NETLINK) {
    errno = EACCES;
    return -1;
  }
  return (int)syscall(SYS_socket, domain, type, protocol);
}
