// The least that a switch between TAP devices can be: one thread that waits for all of them, reads
// what there is and writes each frame at once.
//
//   loop [--offload] [--learn] [--first] NAME NAME...
//
// Without --learn there are two devices and what one gives goes to the other; with it there is a
// table of stations, and what goes to a group or to nobody known goes to all others. --offload:
// with virtio headers, so that checksums and segmentation are left to the receiving kernel. --first:
// with real-time priority.
// Makes the devices, says "ready", and runs until it is ended.
#include "net.h"

#include <poll.h>

#define PORTS_MAX 16
#define STATIONS (1 << 12)
#define FRAME_MAX (65536 + 64)
// As many as our switch takes from one port before it looks at the others.
#define BURST 64

static struct {
  uint64_t mac;
  int port;
} stations[STATIONS];
static struct pollfd ports[PORTS_MAX];
static uint8_t buffer[FRAME_MAX];
static int port_count, header;

static int open_tap(const char *name, int offload) {
  struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI};
  int length = 10;
  if (offload) request.ifr_flags |= IFF_VNET_HDR;
  snprintf(request.ifr_name, IFNAMSIZ, "%s", name);
  int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0 || ioctl(fd, TUNSETIFF, &request) < 0) fail("%s", name);
  if (!offload) return fd;
  unsigned long wanted = TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN;
  if (ioctl(fd, TUNSETVNETHDRSZ, &length) < 0) fail("%s: TUNSETVNETHDRSZ", name);
  if (ioctl(fd, TUNSETOFFLOAD, wanted) < 0) fail("%s: TUNSETOFFLOAD", name);
  return fd;
}

static uint64_t mac_at(const uint8_t *octets) {
  uint64_t mac = 0;
  memcpy(&mac, octets, 6);
  return mac;
}

/* A table without collisions to speak of: a bench has a dozen stations. */
static int place(uint64_t mac) { return (int)((mac * 0x9e3779b97f4a7c15u) >> 52); }

static void switch_frame(int from, ssize_t length) {
  const uint8_t *frame = buffer + header;
  uint64_t to = mac_at(frame), source = mac_at(frame + 6);
  stations[place(source)].mac = source;
  stations[place(source)].port = from;
  if (!(frame[0] & 1) && stations[place(to)].mac == to) {
    int port = stations[place(to)].port;
    if (port != from && write(ports[port].fd, buffer, (size_t)length) < 0) return;
    return;
  }
  for (int i = 0; i < port_count; i++) {
    if (i != from && write(ports[i].fd, buffer, (size_t)length) < 0) continue;
  }
}

int main(int count, char **arguments) {
  int learn = 0, offload = 0;
  for (int i = 1; i < count; i++) {
    if (strcmp(arguments[i], "--learn") == 0) learn = 1;
    else if (strcmp(arguments[i], "--offload") == 0) offload = 1;
    else if (strcmp(arguments[i], "--first") == 0) go_first();
    else if (port_count < PORTS_MAX) {
      ports[port_count++] = (struct pollfd){open_tap(arguments[i], offload), POLLIN, 0};
    }
  }
  if (port_count < 2) return fprintf(stderr, "loop [--offload] [--learn] [--first] NAME NAME...\n"), 2;
  header = offload ? 10 : 0;
  puts("ready");
  fflush(stdout);
  for (;;) {
    if (poll(ports, (nfds_t)port_count, -1) < 0 && errno != EINTR) fail("poll");
    for (int i = 0; i < port_count; i++) {
      if (!(ports[i].revents & POLLIN)) continue;
      for (int frames = 0; frames < BURST; frames++) {
        ssize_t length = read(ports[i].fd, buffer, sizeof buffer);
        if (length < header + 14) break;
        if (learn) switch_frame(i, length);
        else if (write(ports[!i].fd, buffer, (size_t)length) < 0) continue;
      }
    }
  }
}
