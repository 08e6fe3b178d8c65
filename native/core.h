/*
 * The core of the live ports: devices are opened, bursts received and sent, many ports waited for
 * at once. It knows descriptors and octets; it neither judges nor forwards, and nothing here knows
 * Node, so that it is built as a plain program for the sanitizers as well.
 *
 * One `struct hv_io` belongs to one thread. Its arrays are the caller's and outlive it. Nothing is
 * allocated after `hv_io_open`.
 */
#ifndef HAVIP_CORE_H
#define HAVIP_CORE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* Octets of struct virtio_net_hdr (virtio 1.2, section 5.1.6), without num_buffers. */
#define HV_HEADER 10
#define HV_ADDRESSES 12
#define HV_TAG 4
#define HV_ETHERNET 14

/* Frames in one burst. */
#define HV_SLOTS 64
/* Before a frame: its virtio header, and room for a tag that the kernel has set aside. */
#define HV_HEADROOM 64
/* 64 KiB less one as the longest packet, and its Ethernet header. */
#define HV_FRAME_MAX 65549
/* An odd number of cache lines, so that 64 slots fall on 64 different cache sets. */
#define HV_STRIDE (1027 * 64)

#define HV_PORTS_MAX 1024
#define HV_EVENTS_MAX 64

/* One received frame: first octet, end, its virtio header or -1; all offsets in the arena. */
#define HV_RECEIVED_FIELDS 3
/* One frame to send: port, first octet, end, virtio header or -1, tag operation. */
#define HV_QUEUE_FIELDS 5
/* Tag operations: 0 keeps, -1 pops, 0x10000 | TCI pushes. */
#define HV_TAG_POP (-1)

#define HV_KIND_TAP 0
#define HV_KIND_PACKET 1

/* Counters of a port. */
#define HV_LOST_FULL 0
#define HV_LOST_DOWN 1
#define HV_LOST_REFUSED 2
#define HV_BAD_HEADERS 3
#define HV_IS_GONE 4
#define HV_LOST_BIG 5
#define HV_COUNTERS 8

/* What hv_check_header says. */
#define HV_HEADER_BAD (-1)
#define HV_HEADER_IDLE 0
#define HV_HEADER_BUSY 1

struct hv_error {
  int number;
  const char *step;
};

struct hv_device {
  int fd;
  char name[16];
  int has_offload;
  int mtu;
};

struct hv_packet_options {
  int protocol;
  int promiscuous;
  int offload;
  /* Also what this machine itself sends is received. */
  int outgoing;
};

struct hv_port {
  int fd;
  int kind;
  int has_header;
  int is_attached;
  /* Its interface went down; whether to come back is not known yet. */
  int is_down;
};

/* A frame as it is gathered for a write: header, addresses, tag, rest. */
struct hv_gathered {
  struct iovec parts[4];
  int count;
  uint8_t header[HV_HEADER];
  uint8_t tag[HV_TAG];
};

struct hv_io {
  uint8_t *arena;
  int32_t arena_length;
  int32_t *received;
  int32_t *queue;
  int32_t queue_capacity;
  int32_t *ready;
  int32_t ready_capacity;
  double *counters;
  int epoll_fd;
  int event_fd;
  int port_count;
  struct hv_port ports[HV_PORTS_MAX];
  struct mmsghdr messages[HV_SLOTS];
  struct iovec parts[HV_SLOTS];
  struct hv_gathered gathered[HV_SLOTS];
  _Alignas(8) uint8_t control[HV_SLOTS][64];
};

/* device.c: 0, or -1 with `error` set. `netns`: path of a namespace, "" for the thread's own. */
int hv_open_tap(const char *name, int offload, int persistent, struct hv_device *device,
                struct hv_error *error);
int hv_open_packet(const char *netns, const char *name, const struct hv_packet_options *options,
                   struct hv_device *device, struct hv_error *error);
int hv_set_carrier(int fd, int on, struct hv_error *error);

/* offload.c */
int hv_check_header(uint8_t *header, size_t length);
int hv_move_header(uint8_t *header, int by);
int hv_partial_header(uint8_t *header, const uint8_t *frame, size_t length);

/* core.c */
int hv_io_open(struct hv_io *io, struct hv_error *error);
void hv_io_close(struct hv_io *io);
int hv_attach(struct hv_io *io, int fd, int kind, int has_header, struct hv_error *error);
void hv_detach(struct hv_io *io, int index);
void hv_listen(struct hv_io *io, int index, int on);
void hv_gone(struct hv_io *io, int index);
int hv_wait(struct hv_io *io, double milliseconds, int capacity);
int hv_signal(int event_fd);

/* priority.c: 0, or the errno; nanoseconds. */
int hv_go_first(void);
int hv_go_along(void);
double hv_processor_time(void);

/* receive.c: the number of frames now in the slots. */
int hv_receive(struct hv_io *io, int index, int capacity);

/* send.c: how many of the first `count` frames of the queue were lost. */
int hv_send(struct hv_io *io, int count);

#endif
