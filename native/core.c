/* The ports of one thread, and one wait for all of them. */
#define _GNU_SOURCE
#include "core.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

/* What epoll says of the eventfd; no port has this index. */
#define WAKE_UP UINT32_MAX
/* Milliseconds between two looks at whether an interface that is down is there at all. */
#define DOWN_LOOK 500

static int fail(struct hv_error *error, const char *step) {
  error->number = errno;
  error->step = step;
  return -1;
}

static int watch(int epoll_fd, int fd, uint32_t what) {
  struct epoll_event event = {.events = EPOLLIN, .data.u32 = what};
  return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

int hv_io_open(struct hv_io *io, struct hv_error *error) {
  io->port_count = 0;
  io->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  io->event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (io->epoll_fd >= 0 && io->event_fd >= 0 && watch(io->epoll_fd, io->event_fd, WAKE_UP) == 0) {
    return 0;
  }
  fail(error, "epoll");
  hv_io_close(io);
  return -1;
}

void hv_io_close(struct hv_io *io) {
  if (io->epoll_fd >= 0) close(io->epoll_fd);
  if (io->event_fd >= 0) close(io->event_fd);
  io->epoll_fd = io->event_fd = -1;
}

/* The new port's index; indexes are not used again. */
int hv_attach(struct hv_io *io, int fd, int kind, int has_header, struct hv_error *error) {
  errno = ENOSPC;
  if (io->port_count == HV_PORTS_MAX) return fail(error, "attach");
  int index = io->port_count;
  if (watch(io->epoll_fd, fd, (uint32_t)index) < 0) return fail(error, "epoll");
  io->ports[index] = (struct hv_port){fd, kind, has_header, 1, 0};
  io->port_count++;
  return index;
}

/* The descriptor stays open: whoever opened it closes it. */
void hv_detach(struct hv_io *io, int index) {
  if (index < 0 || index >= io->port_count || !io->ports[index].is_attached) return;
  epoll_ctl(io->epoll_fd, EPOLL_CTL_DEL, io->ports[index].fd, NULL);
  io->ports[index].is_attached = 0;
}

/* Whether a wait ends when the port has something to read: not while its host is paused. */
void hv_listen(struct hv_io *io, int index, int on) {
  if (index < 0 || index >= io->port_count || !io->ports[index].is_attached) return;
  struct epoll_event event = {.events = on ? EPOLLIN : 0, .data.u32 = (uint32_t)index};
  epoll_ctl(io->epoll_fd, EPOLL_CTL_MOD, io->ports[index].fd, &event);
}

/* Its device is gone, with its namespace or alone; it would be ready for ever. */
void hv_gone(struct hv_io *io, int index) {
  io->counters[index * HV_COUNTERS + HV_IS_GONE] = 1;
  hv_detach(io, index);
}

/* A packet socket tells that its interface went down, too; it comes back with the interface. */
static int is_gone(const struct hv_port *port) {
  struct sockaddr_ll address;
  socklen_t length = sizeof address;
  int number;
  socklen_t number_length = sizeof number;
  if (port->kind == HV_KIND_TAP) return 1;
  getsockopt(port->fd, SOL_SOCKET, SO_ERROR, &number, &number_length);
  if (getsockname(port->fd, (struct sockaddr *)&address, &length) < 0) return 1;
  return address.sll_ifindex <= 0;
}

static int wait_events(struct hv_io *io, struct epoll_event *events, int max, double milliseconds) {
  struct timespec time;
  if (milliseconds < 0) return epoll_wait(io->epoll_fd, events, max, -1);
  /* A day at most; the caller asks again. */
  if (!(milliseconds < 86400e3)) milliseconds = 86400e3;
  time.tv_sec = (time_t)(milliseconds / 1e3);
  time.tv_nsec = (long)((milliseconds - (double)time.tv_sec * 1e3) * 1e6);
  int count = epoll_pwait2(io->epoll_fd, events, max, &time, NULL);
  if (count >= 0 || errno != ENOSYS) return count;
  /* Before Linux 5.11: whole milliseconds, rounded up so that no deadline comes early. */
  return epoll_wait(io->epoll_fd, events, max, (int)milliseconds + 1);
}

/* Where an interface is removed, its socket tells that it is down, and no more. Returns how many
 * are still down. */
static int look_for_gone(struct hv_io *io) {
  int down = 0;
  for (int i = 0; i < io->port_count; i++) {
    struct hv_port *port = &io->ports[i];
    if (!port->is_attached || !port->is_down) continue;
    if (is_gone(port)) hv_gone(io, i);
    else down++;
  }
  return down;
}

/* Indexes of the ports that can be read go to `ready`; their number, 0 for anything else. */
int hv_wait(struct hv_io *io, double milliseconds, int capacity) {
  struct epoll_event events[HV_EVENTS_MAX];
  uint64_t signals;
  int max = capacity < HV_EVENTS_MAX ? capacity : HV_EVENTS_MAX;
  if (max > io->ready_capacity) max = io->ready_capacity;
  if (max < 1) return 0;
  int down = look_for_gone(io);
  if (down > 0 && !(milliseconds >= 0 && milliseconds < DOWN_LOOK)) milliseconds = DOWN_LOOK;
  int count = wait_events(io, events, max, milliseconds);
  int ready = 0;
  for (int i = 0; i < count; i++) {
    uint32_t what = events[i].data.u32;
    if (what == WAKE_UP) {
      if (read(io->event_fd, &signals, sizeof signals) < 0) continue;
    } else if ((events[i].events & (EPOLLERR | EPOLLHUP)) && is_gone(&io->ports[what])) {
      hv_gone(io, (int)what);
    } else {
      io->ports[what].is_down = (events[i].events & EPOLLERR) != 0;
      if (events[i].events & EPOLLIN) io->ready[ready++] = (int32_t)what;
    }
  }
  return ready;
}

int hv_signal(int event_fd) {
  uint64_t one = 1;
  return write(event_fd, &one, sizeof one) == (ssize_t)sizeof one ? 0 : -1;
}
