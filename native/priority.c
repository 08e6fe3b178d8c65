/*
 * The calling thread before all others, or among them, and how much it has run. What such a thread
 * starts is as any other.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "core.h"

static int set_policy(int policy, int priority) {
  struct sched_param parameters = {.sched_priority = priority};
  /* Not libc's: musl has none. */
  long done = syscall(SYS_sched_setscheduler, 0, policy | SCHED_RESET_ON_FORK, &parameters);
  return done < 0 ? errno : 0;
}

/* Of several such threads that share a processor each has its turn. */
int hv_go_first(void) { return set_policy(SCHED_RR, sched_get_priority_min(SCHED_RR)); }

int hv_go_along(void) { return set_policy(SCHED_OTHER, 0); }

double hv_processor_time(void) {
  struct timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}
