/*
 * The calling thread before all others, or among them. What such a thread starts is as any other.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core.h"

/* Of all that are not real-time, the one that gets most of a processor that they share. */
#define NICEST_TO_ITSELF (-20)

static int set_policy(int policy, int priority) {
  struct sched_param parameters = {.sched_priority = priority};
  /* Not libc's: musl has none. */
  return (int)syscall(SYS_sched_setscheduler, 0, policy | SCHED_RESET_ON_FORK, &parameters);
}

/* Of several such threads that share a processor each has its turn. */
int hv_go_first(void) {
  return set_policy(SCHED_RR, sched_get_priority_min(SCHED_RR)) < 0 ? errno : 0;
}

int hv_go_along(void) {
  if (set_policy(SCHED_OTHER, 0) < 0) return errno;
  /* On Linux that of the calling thread alone. */
  return setpriority(PRIO_PROCESS, 0, NICEST_TO_ITSELF) < 0 ? errno : 0;
}
