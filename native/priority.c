/*
 * The calling thread before all others. Of several such threads that share a processor each has its
 * turn; what such a thread starts is as any other.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core.h"

int hv_go_first(void) {
  struct sched_param parameters = {.sched_priority = sched_get_priority_min(SCHED_RR)};
  /* Not libc's: musl has none. */
  long done = syscall(SYS_sched_setscheduler, 0, SCHED_RR | SCHED_RESET_ON_FORK, &parameters);
  return done < 0 ? errno : 0;
}
