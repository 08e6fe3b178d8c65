/*
 * A burst of frames from one port, each in its place: [headroom | virtio header | frame]. What
 * comes from a TAP device lies close together, so that a burst of short frames stays in the
 * processor's caches; a packet socket fills slots of equal length.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core.h"

#define ROOM (HV_STRIDE - HV_HEADROOM)

#define CACHE_LINE 64

_Static_assert(HV_HEADROOM + HV_FRAME_MAX + 1 <= HV_STRIDE, "a slot holds the longest frame");
_Static_assert(HV_HEADROOM + HV_FRAME_MAX + HV_TAG + CACHE_LINE <= HV_STRIDE,
               "as many frames as there are slots fit close together");
_Static_assert(HV_HEADROOM % CACHE_LINE == 0, "frames begin with a cache line");

static void count(struct hv_io *io, int index, int counter) {
  io->counters[index * HV_COUNTERS + counter]++;
}

/* Notes the frame as the next one where its header may be believed. Whether it was noted. */
static int note(struct hv_io *io, int index, int position, uint8_t *frame, size_t length) {
  int32_t *fields = io->received + (ptrdiff_t)position * HV_RECEIVED_FIELDS;
  uint8_t *header = frame - HV_HEADER;
  int asks = hv_check_header(header, length);
  if (asks == HV_HEADER_BAD || length < HV_ETHERNET || length > HV_FRAME_MAX + HV_TAG) {
    count(io, index, HV_BAD_HEADERS);
    return 0;
  }
  fields[0] = (int32_t)(frame - io->arena);
  fields[1] = (int32_t)(frame - io->arena + (ptrdiff_t)length);
  fields[2] = asks == HV_HEADER_BUSY ? (int32_t)(header - io->arena) : -1;
  return 1;
}

static int receive_tap(struct hv_io *io, int index, int capacity) {
  const struct hv_port *port = &io->ports[index];
  int position = 0;
  uint8_t *frame = io->arena + HV_HEADROOM;
  /* A port that gives nothing but bad headers does not hold up the others. */
  for (int reads = 0; position < capacity && reads < 2 * HV_SLOTS; reads++) {
    int before = port->has_header ? HV_HEADER : 0;
    if (!before) memset(frame - HV_HEADER, 0, HV_HEADER);
    /* libc's read would first make itself ready to be cancelled; this one never waits. */
    long length = syscall(SYS_read, port->fd, frame - before, (size_t)(ROOM + before));
    if (length < 0) {
      if (errno == EINTR) continue;
      if (errno == EBADFD || errno == EBADF) hv_gone(io, index);
      break;
    }
    /* The other end of a pair of sockets in a test; a TAP device has none. */
    if (length == 0) break;
    size_t octets = length < before ? 0 : (size_t)(length - before);
    if (!note(io, index, position, frame, octets)) continue;
    position++;
    frame += HV_HEADROOM + (octets + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
  }
  return position;
}

/* Puts back the tag that the kernel has set aside, before which everything moves down. */
static uint8_t *insert_tag(uint8_t *frame, const struct tpacket_auxdata *aux, int *is_bad) {
  uint16_t tag[2];
  int has_type = (aux->tp_status & TP_STATUS_VLAN_TPID_VALID) != 0;
  memmove(frame - HV_HEADER - HV_TAG, frame - HV_HEADER, HV_HEADER + HV_ADDRESSES);
  tag[0] = htons(has_type ? aux->tp_vlan_tpid : 0x8100);
  tag[1] = htons(aux->tp_vlan_tci);
  memcpy(frame - HV_TAG + HV_ADDRESSES, tag, sizeof tag);
  *is_bad = hv_move_header(frame - HV_HEADER - HV_TAG, HV_TAG) < 0;
  return frame - HV_TAG;
}

static int note_packet(struct hv_io *io, int index, int position, int slot) {
  const struct hv_port *port = &io->ports[index];
  struct msghdr *message = &io->messages[slot].msg_hdr;
  int before = port->has_header ? HV_HEADER : 0;
  int64_t length = (int64_t)io->messages[slot].msg_len - before;
  uint8_t *frame = io->arena + (ptrdiff_t)slot * HV_STRIDE + HV_HEADROOM;
  int is_bad = length < HV_ETHERNET || (message->msg_flags & MSG_TRUNC) != 0;
  if (!before) memset(frame - HV_HEADER, 0, HV_HEADER);
  struct cmsghdr *part = CMSG_FIRSTHDR(message);
  for (; part != NULL && !is_bad; part = CMSG_NXTHDR(message, part)) {
    struct tpacket_auxdata aux;
    if (part->cmsg_level != SOL_PACKET || part->cmsg_type != PACKET_AUXDATA) continue;
    memcpy(&aux, CMSG_DATA(part), sizeof aux);
    int is_open = !before && (aux.tp_status & TP_STATUS_CSUMNOTREADY);
    if (is_open) hv_partial_header(frame - HV_HEADER, frame, (size_t)length);
    if (!(aux.tp_status & TP_STATUS_VLAN_VALID)) continue;
    frame = insert_tag(frame, &aux, &is_bad);
    length += HV_TAG;
  }
  if (!is_bad) return note(io, index, position, frame, (size_t)length);
  count(io, index, HV_BAD_HEADERS);
  return 0;
}

static int receive_packets(struct hv_io *io, int index, int capacity) {
  const struct hv_port *port = &io->ports[index];
  int before = port->has_header ? HV_HEADER : 0;
  for (int i = 0; i < capacity; i++) {
    uint8_t *frame = io->arena + (ptrdiff_t)i * HV_STRIDE + HV_HEADROOM;
    io->parts[i] = (struct iovec){frame - before, (size_t)(ROOM + before)};
    io->messages[i].msg_hdr = (struct msghdr){.msg_iov = &io->parts[i],
                                              .msg_iovlen = 1,
                                              .msg_control = io->control[i],
                                              .msg_controllen = sizeof io->control[i]};
  }
  /* An error is that the interface went down; whether it is gone, hv_wait and hv_send find out. */
  int received = recvmmsg(port->fd, io->messages, (unsigned)capacity, MSG_DONTWAIT, NULL);
  int position = 0;
  for (int i = 0; i < received; i++) position += note_packet(io, index, position, i);
  return position;
}

int hv_receive(struct hv_io *io, int index, int capacity) {
  if (index < 0 || index >= io->port_count || !io->ports[index].is_attached) return 0;
  if (capacity > HV_SLOTS) capacity = HV_SLOTS;
  if (io->ports[index].kind == HV_KIND_TAP) return receive_tap(io, index, capacity);
  return receive_packets(io, index, capacity);
}
