/*
 * Opening devices: a TAP device in the network namespace of the thread, or a packet socket on an
 * interface that exists there or in another one. Whatever is opened in a namespace keeps that
 * alive: a TAP device for a host is opened here and then moved, or its host could not be removed.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "core.h"

/* Linux 6.2; absent from older headers. */
#ifndef TUN_F_USO4
#define TUN_F_USO4 0x20
#define TUN_F_USO6 0x40
#endif
#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING 23
#endif

/* A burst that comes while the thread is busy; the default has room for 270 short frames. */
#define SOCKET_BUFFER (4 * 1024 * 1024)

static int fail(struct hv_error *error, const char *step, int fd) {
  error->number = errno;
  error->step = step;
  if (fd >= 0) close(fd);
  return -1;
}

static int name_request(const char *name, struct ifreq *request) {
  memset(request, 0, sizeof *request);
  size_t length = strlen(name);
  if (length == 0 || length >= IFNAMSIZ) {
    errno = ENAMETOOLONG;
    return -1;
  }
  memcpy(request->ifr_name, name, length);
  return 0;
}

/* A kernel before 6.2 has no USO. */
static int set_offload(int fd, int offload) {
  unsigned long wanted = TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN;
  if (!offload) return ioctl(fd, TUNSETOFFLOAD, 0UL);
  if (ioctl(fd, TUNSETOFFLOAD, wanted | TUN_F_USO4 | TUN_F_USO6) == 0) return 0;
  return errno == EINVAL ? ioctl(fd, TUNSETOFFLOAD, wanted) : -1;
}

int hv_open_tap(const char *name, int offload, int persistent, struct hv_device *device,
                struct hv_error *error) {
  struct ifreq request;
  int header = HV_HEADER;
  if (name_request(name, &request) < 0) return fail(error, "name", -1);
  int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return fail(error, "/dev/net/tun", -1);
  request.ifr_flags = (short)(IFF_TAP | IFF_NO_PI | (offload ? IFF_VNET_HDR : 0));
  if (ioctl(fd, TUNSETIFF, &request) < 0) return fail(error, "TUNSETIFF", fd);
  if (offload && ioctl(fd, TUNSETVNETHDRSZ, &header) < 0) return fail(error, "TUNSETVNETHDRSZ", fd);
  /* Also to switch it off: a persistent device keeps what its last user wanted. */
  if (set_offload(fd, offload) < 0) return fail(error, "TUNSETOFFLOAD", fd);
  if (persistent && ioctl(fd, TUNSETPERSIST, 1UL) < 0) return fail(error, "TUNSETPERSIST", fd);
  device->fd = fd;
  device->has_offload = offload;
  device->mtu = 0;
  memcpy(device->name, request.ifr_name, sizeof device->name);
  device->name[sizeof device->name - 1] = 0;
  return 0;
}

static int set_option(int fd, int option, int value) {
  return setsockopt(fd, SOL_PACKET, option, &value, sizeof value);
}

/* Force needs CAP_NET_ADMIN in the first user namespace; without it the kernel's limit is taken. */
static void enlarge(int fd, int forced, int plain) {
  int octets = SOCKET_BUFFER;
  if (setsockopt(fd, SOL_SOCKET, forced, &octets, sizeof octets) < 0) {
    setsockopt(fd, SOL_SOCKET, plain, &octets, sizeof octets);
  }
}

static int join(int fd, int promiscuous, int ifindex) {
  struct packet_mreq request = {.mr_ifindex = ifindex, .mr_type = PACKET_MR_PROMISC};
  if (!promiscuous) return 0;
  return setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &request, sizeof request);
}

static int open_packet(const char *name, const struct hv_packet_options *options,
                       struct hv_device *device, struct hv_error *error) {
  struct ifreq request;
  struct sockaddr_ll address = {.sll_family = AF_PACKET};
  if (name_request(name, &request) < 0) return fail(error, "name", -1);
  /* Protocol 0 hears nothing until bind: no frame comes in before the options are set. */
  int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return fail(error, "AF_PACKET", -1);
  if (ioctl(fd, SIOCGIFINDEX, &request) < 0) return fail(error, "SIOCGIFINDEX", fd);
  address.sll_ifindex = request.ifr_ifindex;
  address.sll_protocol = htons((uint16_t)options->protocol);
  if (ioctl(fd, SIOCGIFMTU, &request) < 0) return fail(error, "SIOCGIFMTU", fd);
  device->mtu = request.ifr_mtu;
  device->has_offload = options->offload && set_option(fd, PACKET_VNET_HDR, 1) == 0;
  if (set_option(fd, PACKET_AUXDATA, 1) < 0) return fail(error, "PACKET_AUXDATA", fd);
  if (!options->outgoing && set_option(fd, PACKET_IGNORE_OUTGOING, 1) < 0) {
    return fail(error, "PACKET_IGNORE_OUTGOING", fd);
  }
  enlarge(fd, SO_RCVBUFFORCE, SO_RCVBUF);
  enlarge(fd, SO_SNDBUFFORCE, SO_SNDBUF);
  if (join(fd, options->promiscuous, address.sll_ifindex) < 0) {
    return fail(error, "PACKET_MR_PROMISC", fd);
  }
  if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0) return fail(error, "bind", fd);
  device->fd = fd;
  memcpy(device->name, request.ifr_name, sizeof device->name);
  return 0;
}

/* Moves this thread into the namespace; where to go back to, or -1. */
static int enter(const char *netns, struct hv_error *error) {
  int back = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
  if (back < 0) return fail(error, "netns", -1);
  int fd = open(netns, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return fail(error, "netns", back);
  if (setns(fd, CLONE_NEWNET) < 0) {
    fail(error, "setns", back);
    close(fd);
    return -1;
  }
  close(fd);
  return back;
}

/* Whatever this thread did in the wrong namespace would be worse than the end. */
static void leave(int back) {
  if (setns(back, CLONE_NEWNET) < 0) abort();
  close(back);
}

int hv_open_packet(const char *netns, const char *name, const struct hv_packet_options *options,
                   struct hv_device *device, struct hv_error *error) {
  if (*netns == 0) return open_packet(name, options, device, error);
  int back = enter(netns, error);
  if (back < 0) return -1;
  int result = open_packet(name, options, device, error);
  leave(back);
  return result;
}

int hv_set_carrier(int fd, int on, struct hv_error *error) {
  if (ioctl(fd, TUNSETCARRIER, &on) == 0) return 0;
  return fail(error, "TUNSETCARRIER", -1);
}
