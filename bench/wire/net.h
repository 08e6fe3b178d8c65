// What the small programs of the wire benches share: the clock, namespaces, TAP devices, messages.
#ifndef WIRE_NET_H
#define WIRE_NET_H

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sched.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#define NANOSECONDS 1000000000LL

static inline void fail(const char *format, ...) {
  int number = errno;
  va_list rest;
  va_start(rest, format);
  vfprintf(stderr, format, rest);
  va_end(rest);
  fprintf(stderr, ": %s\n", strerror(number));
  exit(1);
}

static inline int64_t now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return time.tv_sec * NANOSECONDS + time.tv_nsec;
}

/* Sleeps until `when` on the monotonic clock; never spins. Sleeps are not lengthened by slack. */
static inline void sleep_until(int64_t when) {
  struct timespec time = {when / NANOSECONDS, when % NANOSECONDS};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) == EINTR) continue;
}

static inline void exact_sleeps(void) { prctl(PR_SET_TIMERSLACK, 1UL); }

/*
 * Who sends and measures stands for other machines, and must not wait for a processor behind what is
 * measured. It sleeps in between and never spins.
 */
static inline void go_first(void) {
  struct sched_param first = {.sched_priority = 1};
  if (sched_setscheduler(0, SCHED_FIFO, &first) < 0) fail("real-time priority");
}

static inline void enter_namespace(const char *name) {
  char path[256];
  snprintf(path, sizeof path, "/run/netns/%s", name);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0 || setns(fd, CLONE_NEWNET) < 0) fail("%s", path);
  close(fd);
}

#endif
