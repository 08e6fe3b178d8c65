/*
 * A burst of frames to many ports in one call. A frame that a port does not take is lost and
 * counted; nobody waits.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core.h"

/* One frame of the queue. */
struct order {
  int32_t port, at, end, header, tag;
};

_Static_assert(sizeof(struct order) == HV_QUEUE_FIELDS * 4, "five numbers a frame");

static const uint8_t NOTHING[HV_HEADER];

static void add(struct hv_gathered *gathered, void *base, size_t length) {
  gathered->parts[gathered->count++] = (struct iovec){base, length};
}

static int is_inside(const struct hv_io *io, const struct order *order) {
  if (order->at < 0 || order->at > order->end || order->end > io->arena_length) return 0;
  if (order->end - order->at < HV_ETHERNET + (order->tag == HV_TAG_POP ? HV_TAG : 0)) return 0;
  return order->header >= -1 && order->header <= io->arena_length - HV_HEADER;
}

/*
 * The frame with its header before it in one piece, as it lies in its slot where nothing was
 * changed. Ten octets of zero before a frame are a header that asks for nothing.
 */
static int gather_whole(struct hv_io *io, const struct order *order, struct hv_gathered *gathered) {
  int32_t header = order->at - HV_HEADER;
  if (order->tag != 0 || header < 0) return 0;
  int is_there = order->header == -1 ? memcmp(io->arena + header, NOTHING, HV_HEADER) == 0
                                     : order->header == header;
  if (is_there) add(gathered, io->arena + header, (size_t)(order->end - header));
  return is_there;
}

/* Header, addresses, tag, rest. -1 where the frame cannot be sent like that. */
static int gather(struct hv_io *io, const struct order *order, struct hv_gathered *gathered) {
  int has_header = io->ports[order->port].has_header;
  uint8_t *at = io->arena + order->at, *end = io->arena + order->end;
  int by = order->tag == 0 ? 0 : order->tag == HV_TAG_POP ? -HV_TAG : HV_TAG;
  gathered->count = 0;
  if (!is_inside(io, order) || (!has_header && order->header != -1)) return -1;
  if (has_header) {
    if (gather_whole(io, order, gathered)) return 0;
    const uint8_t *from = order->header == -1 ? NOTHING : io->arena + order->header;
    memcpy(gathered->header, from, HV_HEADER);
    if (hv_move_header(gathered->header, by) < 0) return -1;
    add(gathered, gathered->header, HV_HEADER);
  }
  if (by != 0) {
    add(gathered, at, HV_ADDRESSES);
    at += HV_ADDRESSES + (by < 0 ? HV_TAG : 0);
  }
  if (by > 0) {
    uint8_t tag[HV_TAG] = {0x81, 0x00, (uint8_t)(order->tag >> 8), (uint8_t)order->tag};
    memcpy(gathered->tag, tag, HV_TAG);
    add(gathered, gathered->tag, HV_TAG);
  }
  add(gathered, at, (size_t)(end - at));
  return 0;
}

/* Counts frames that the kernel refused with `number`. */
static void lose(struct hv_io *io, int index, int number, int frames) {
  int counter = HV_LOST_REFUSED;
  switch (number) {
    case EAGAIN:
    case ENOBUFS:
    case ENOMEM:
      counter = HV_LOST_FULL;
      break;
    case EBADFD:
    case EBADF:
    case ENXIO:
    case ENODEV:
      hv_gone(io, index);
      counter = HV_LOST_DOWN;
      break;
    case EIO:
    case ENETDOWN:
      counter = HV_LOST_DOWN;
      break;
    case EMSGSIZE:
      counter = HV_LOST_BIG;
      break;
    default:
      break;
  }
  io->counters[index * HV_COUNTERS + counter] += frames;
}

static int write_frame(int fd, const struct hv_gathered *gathered) {
  const struct iovec *parts = gathered->parts;
  long written;
  do {
    /* libc's write would first make itself ready to be cancelled; this one never waits. */
    written = gathered->count == 1 ? syscall(SYS_write, fd, parts->iov_base, parts->iov_len)
                                   : writev(fd, parts, gathered->count);
  } while (written < 0 && errno == EINTR);
  return written < 0 ? errno : 0;
}

/* How many of the frames, all for the same TAP device, were lost. */
static int send_tap(struct hv_io *io, const struct order *orders, int count) {
  int index = orders->port, lost = 0;
  for (int i = 0; i < count; i++) {
    int number = EINVAL;
    if (!io->ports[index].is_attached) {
      number = EIO;
    } else if (gather(io, &orders[i], io->gathered) == 0) {
      number = write_frame(io->ports[index].fd, io->gathered);
    }
    if (number == 0) continue;
    lose(io, index, number, 1);
    lost++;
  }
  return lost;
}

/* Gathers frames into messages; the number of those that can be sent. */
static int gather_messages(struct hv_io *io, const struct order *orders, int count) {
  int messages = 0;
  for (int i = 0; i < count; i++) {
    struct hv_gathered *gathered = &io->gathered[messages];
    if (gather(io, &orders[i], gathered) < 0) {
      lose(io, orders->port, EINVAL, 1);
      continue;
    }
    io->messages[messages++].msg_hdr =
        (struct msghdr){.msg_iov = gathered->parts, .msg_iovlen = (size_t)gathered->count};
  }
  return messages;
}

/* How many of at most HV_SLOTS frames, all for the same packet socket, were lost. */
static int send_packets(struct hv_io *io, const struct order *orders, int count) {
  int index = orders->port, fd = io->ports[index].fd, done = 0, sent = 0;
  if (!io->ports[index].is_attached) {
    lose(io, index, EIO, count);
    return count;
  }
  int messages = gather_messages(io, orders, count);
  while (done < messages) {
    int taken = sendmmsg(fd, io->messages + done, (unsigned)(messages - done), MSG_DONTWAIT);
    if (taken < 0 && errno == EINTR) continue;
    if (taken >= 0) {
      done += taken;
      sent += taken;
      continue;
    }
    /* A full or dead socket takes none of the rest; of another fault only one frame is guilty. */
    int number = errno;
    int frames = number == EINVAL || number == EMSGSIZE || number == ENOBUFS ? 1 : messages - done;
    lose(io, index, number, frames);
    done += frames;
  }
  return count - sent;
}

int hv_send(struct hv_io *io, int count) {
  const struct order *orders = (const struct order *)io->queue;
  int lost = 0, next;
  if (count > io->queue_capacity) count = io->queue_capacity;
  for (int i = 0; i < count; i = next) {
    int index = orders[i].port;
    next = i + 1;
    if (index < 0 || index >= io->port_count) {
      lost++;
      continue;
    }
    while (next < count && next - i < HV_SLOTS && orders[next].port == index) next++;
    int is_tap = io->ports[index].kind == HV_KIND_TAP;
    lost += (is_tap ? send_tap : send_packets)(io, &orders[i], next - i);
  }
  return lost;
}
