/*
 * The core without Node, for the sanitizers: random octets as frames and virtio headers, through
 * the checks, and through a pair of sockets where a port has its TAP device. Whatever comes in,
 * what goes out on the other side is what the queue said, and the header fits the frame.
 * Arguments: seed and rounds. Prints how many frames went each way; a broken promise aborts.
 */
#define _GNU_SOURCE
#include <linux/virtio_net.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../native/core.h"

#define COPY_OCTETS 65536
#define ARENA (HV_SLOTS * HV_STRIDE + COPY_OCTETS)
#define QUEUE 256

#define PROMISE(what) \
  do { \
    if (!(what)) { \
      fprintf(stderr, "broken: %s (line %d)\n", #what, __LINE__); \
      abort(); \
    } \
  } while (0)

static uint32_t state;

static uint32_t chance(uint32_t limit) {
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state % limit;
}

/* Half of them plausible, so that the checks are passed, too. */
static void random_header(uint8_t *octets, size_t length) {
  static const uint8_t types[] = {0, 1, 3, 4, 5, 0x81, 0x84, 0x85, 0x80, 9};
  struct virtio_net_hdr header;
  for (int i = 0; i < HV_HEADER; i++) octets[i] = (uint8_t)chance(256);
  if (chance(2)) return;
  header.flags = (uint8_t)chance(4);
  header.gso_type = types[chance(chance(2) ? 2 : sizeof types)];
  header.hdr_len = (uint16_t)chance((uint32_t)length + 4);
  header.gso_size = (uint16_t)chance(3) * 700;
  header.csum_start = (uint16_t)chance((uint32_t)length + 20);
  header.csum_offset = chance(2) ? 16 : 6;
  memcpy(octets, &header, sizeof header);
}

static void expect_sane(const uint8_t *octets, size_t length) {
  struct virtio_net_hdr header;
  memcpy(&header, octets, sizeof header);
  PROMISE(header.flags == VIRTIO_NET_HDR_F_NEEDS_CSUM);
  PROMISE((size_t)header.csum_start + header.csum_offset + 2 <= length);
  PROMISE(header.csum_start >= HV_ETHERNET && header.hdr_len <= length);
  PROMISE(header.gso_type == 0 || header.gso_size > 0);
}

/* On memory of exactly its size, so that the sanitizer sees a read too far. */
static void try_checks(void) {
  size_t length = chance(4) ? chance(120) : chance(2000);
  uint8_t *octets = malloc(HV_HEADER), *frame = malloc(length ? length : 1);
  for (size_t i = 0; i < length; i++) frame[i] = (uint8_t)chance(256);
  if (length > 30 && chance(2)) {
    static const uint8_t types[][2] = {{8, 0}, {0x86, 0xdd}, {0x81, 0}, {0x88, 0xa8}};
    for (size_t at = 12; at < 30; at += 4) memcpy(frame + at, types[chance(4)], 2);
  }
  if (hv_partial_header(octets, frame, length)) expect_sane(octets, length);
  random_header(octets, length);
  int asks = hv_check_header(octets, length);
  if (asks == HV_HEADER_BUSY) {
    expect_sane(octets, length);
    if (hv_move_header(octets, HV_TAG) == 0) expect_sane(octets, length + HV_TAG);
  }
  for (int i = 0; i < HV_HEADER && asks == HV_HEADER_IDLE; i++) PROMISE(octets[i] == 0);
  free(octets);
  free(frame);
}

struct bench {
  struct hv_io *io;
  int far[2];
  int index[2];
  long received, sent, lost, bad;
};

static void open_bench(struct bench *bench) {
  struct hv_error error;
  struct hv_io *io = calloc(1, sizeof *io);
  io->arena = malloc(ARENA);
  io->arena_length = ARENA;
  memset(io->arena, 0xa5, ARENA);
  io->received = malloc(sizeof(int32_t) * HV_SLOTS * HV_RECEIVED_FIELDS);
  io->queue = malloc(sizeof(int32_t) * QUEUE * HV_QUEUE_FIELDS);
  io->queue_capacity = QUEUE;
  io->ready = malloc(sizeof(int32_t) * 4);
  io->ready_capacity = 4;
  io->counters = calloc(HV_PORTS_MAX * HV_COUNTERS, sizeof(double));
  PROMISE(hv_io_open(io, &error) == 0);
  for (int i = 0; i < 2; i++) {
    int pair[2];
    PROMISE(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, pair) == 0);
    bench->far[i] = pair[1];
    bench->index[i] = hv_attach(io, pair[0], HV_KIND_TAP, i == 0, &error);
    PROMISE(bench->index[i] == i);
  }
  bench->io = io;
}

static void close_bench(struct bench *bench) {
  struct hv_io *io = bench->io;
  for (int i = 0; i < 2; i++) {
    close(bench->far[i]);
    close(io->ports[i].fd);
    hv_detach(io, i);
  }
  hv_io_close(io);
  free(io->arena);
  free(io->received);
  free(io->queue);
  free(io->ready);
  free(io->counters);
  free(io);
}

/* Random frames come in; what is noted of them lies in the arena and is sane. */
static int try_receive(struct bench *bench) {
  static uint8_t octets[HV_HEADER + 3000];
  struct hv_io *io = bench->io;
  int frames = (int)chance(20);
  for (int i = 0; i < frames; i++) {
    size_t length = chance(5) ? HV_ETHERNET + chance(200) : chance(3000);
    for (size_t k = 0; k < length; k++) octets[HV_HEADER + k] = (uint8_t)chance(256);
    random_header(octets, length);
    if (HV_HEADER + length > 0) send(bench->far[0], octets, HV_HEADER + length, 0);
  }
  PROMISE(hv_wait(io, 0, 4) == (frames > 0));
  int count = hv_receive(io, 0, HV_SLOTS);
  double bad = io->counters[HV_BAD_HEADERS];
  PROMISE(count + (long)bad - bench->bad == frames);
  bench->bad = (long)bad;
  bench->received += count;
  for (int i = 0; i < count; i++) {
    const int32_t *fields = io->received + (ptrdiff_t)i * HV_RECEIVED_FIELDS;
    PROMISE(fields[0] >= HV_HEADER && fields[1] <= ARENA && fields[1] - fields[0] >= HV_ETHERNET);
    if (fields[2] < 0) continue;
    PROMISE(fields[2] + HV_HEADER == fields[0]);
    expect_sane(io->arena + fields[2], (size_t)(fields[1] - fields[0]));
  }
  return count;
}

static int random_tag(void) {
  static const int tags[] = {0, 0, HV_TAG_POP, 0x12064};
  return tags[chance(4)];
}

/* What must arrive for one order: the frame as its tag operation leaves it. Its length. */
static size_t expected_frame(const struct bench *bench, const int32_t *order, uint8_t *frame) {
  const uint8_t *at = bench->io->arena + order[1];
  size_t length = (size_t)(order[2] - order[1]);
  size_t skipped = HV_ADDRESSES + (order[4] == HV_TAG_POP ? HV_TAG : 0);
  size_t put = HV_ADDRESSES;
  static const uint8_t tag[] = {0x81, 0, 0x20, 0x64};
  memcpy(frame, at, HV_ADDRESSES);
  if (order[4] > 0) {
    memcpy(frame + put, tag, HV_TAG);
    put += HV_TAG;
  }
  memcpy(frame + put, at + skipped, length - skipped);
  return put + length - skipped;
}

/* Sends what was received, some of it with orders that cannot be; all that left is checked. */
static void try_send(struct bench *bench, int count) {
  static uint8_t expected[4000], found[4000];
  struct hv_io *io = bench->io;
  for (int i = 0; i < count; i++) {
    const int32_t *fields = io->received + (ptrdiff_t)i * HV_RECEIVED_FIELDS;
    int to = fields[2] >= 0 ? 0 : (int)chance(2);
    int32_t order[] = {to, fields[0], fields[1], fields[2], random_tag()};
    int is_wild = chance(8) == 0;
    if (is_wild) order[chance(5)] = (int32_t)(chance(2) ? state : chance(80)) - 40;
    memcpy(io->queue, order, sizeof order);
    int lost = hv_send(io, 1);
    PROMISE(lost == 0 || lost == 1);
    bench->lost += lost;
    bench->sent += !lost;
    int is_real = order[0] == 0 || order[0] == 1;
    if (!is_real) {
      PROMISE(lost);
      continue;
    }
    ssize_t arrived = recv(bench->far[order[0]], found, sizeof found, MSG_TRUNC);
    PROMISE((arrived >= 0) == !lost);
    if (lost || is_wild) continue;
    size_t before = order[0] == 0 ? HV_HEADER : 0;
    size_t length = expected_frame(bench, order, expected);
    PROMISE((size_t)arrived == before + length);
    PROMISE(memcmp(found + before, expected, length) == 0);
    if (before && order[3] >= 0) PROMISE(found[0] == VIRTIO_NET_HDR_F_NEEDS_CSUM);
    for (size_t k = 0; k < before && order[3] < 0; k++) PROMISE(found[k] == 0);
  }
}

int main(int argc, char **argv) {
  struct bench bench = {0};
  state = argc > 1 ? (uint32_t)atol(argv[1]) : 1;
  long rounds = argc > 2 ? atol(argv[2]) : 1000;
  open_bench(&bench);
  for (long i = 0; i < rounds; i++) {
    try_checks();
    try_send(&bench, try_receive(&bench));
  }
  PROMISE(hv_receive(bench.io, -1, 64) == 0 && hv_receive(bench.io, 2, 64) == 0);
  close_bench(&bench);
  printf("%ld received, %ld bad, %ld sent, %ld lost\n", bench.received, bench.bad, bench.sent,
         bench.lost);
  return 0;
}
