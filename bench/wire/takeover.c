// How long after an announcement does a client's frame come out at the new holder?
//
//   takeover CLIENT ONE TWO CYCLES INTERVAL-US TO-MAC ONE-MAC TWO-MAC CLIENT-MAC IP CLIENT-IP
//            LIMIT
//
// One program holds a packet socket on eth0 of each of three namespaces, so that one clock serves
// all. The members announce IP in turn, each with its MAC given here (a learning switch gets the
// same one from both: its table is repointed by the frame's source). At once after it the client
// sends a probe, a UDP packet to IP at TO-MAC. Time runs from before the announcement is handed to
// the kernel until the kernel stamps the first probe that arrives at the new holder's device. A
// probe that still reached the old holder is followed by another after 20 us asleep, one that
// reached nobody within a millisecond by another at once. A takeover that takes longer than a second
// is counted as lost; after LIMIT seconds no other is begun.
//
// Prints one JSON object: samples in microseconds, sorted.
#include "net.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <poll.h>
#include <sys/socket.h>

#define PORT 7331
#define PATIENCE NANOSECONDS
#define PROBE_PATIENCE (NANOSECONDS / 1000)
#define PAUSE 20000

static int sockets[3];

static int open_socket(const char *namespace) {
  struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP)};
  int on = 1;
  enter_namespace(namespace);
  int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  address.sll_ifindex = (int)if_nametoindex("eth0");
  if (fd < 0 || address.sll_ifindex == 0) fail("%s: eth0", namespace);
  setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0) fail("%s: bind", namespace);
  return fd;
}

static void read_mac(const char *text, uint8_t *mac) {
  if (sscanf(text, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", mac, mac + 1, mac + 2, mac + 3, mac + 4,
             mac + 5) != 6) {
    errno = EINVAL;
    fail("%s", text);
  }
}

static uint16_t checksum(const uint8_t *octets, int length) {
  uint32_t sum = 0;
  for (int i = 0; i < length; i += 2) sum += (uint32_t)(octets[i] << 8 | octets[i + 1]);
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return htons((uint16_t)~sum);
}

/* RFC 826, as a gratuitous request: sender and target are the address. */
static void write_announcement(uint8_t *frame, const uint8_t *mac, uint32_t ip) {
  static const uint8_t head[] = {8, 6, 0, 1, 8, 0, 6, 4, 0, 1};
  memset(frame, 0xff, 6);
  memcpy(frame + 6, mac, 6);
  memcpy(frame + 12, head, sizeof head);
  memcpy(frame + 22, mac, 6);
  memcpy(frame + 28, &ip, 4);
  memcpy(frame + 38, &ip, 4);
}

/* IPv4 and UDP without a checksum; its number is at the payload's start, octet 42. */
static void write_probe(uint8_t *frame, const uint8_t *to, const uint8_t *from, uint32_t source,
                        uint32_t ip) {
  static const uint8_t head[] = {8, 0, 0x45, 0, 0, 46, 0, 0, 0x40, 0, 64, 17};
  uint16_t port = htons(PORT), length = htons(26), sum;
  memcpy(frame, to, 6);
  memcpy(frame + 6, from, 6);
  memcpy(frame + 12, head, sizeof head);
  memcpy(frame + 26, &source, 4);
  memcpy(frame + 30, &ip, 4);
  sum = checksum(frame + 14, 20);
  memcpy(frame + 24, &sum, 2);
  memcpy(frame + 34, &port, 2);
  memcpy(frame + 36, &port, 2);
  memcpy(frame + 38, &length, 2);
}

/* When the probe arrived at the socket, on the wall clock; 0 where none is there. */
static int64_t arrival(int fd, uint32_t *number) {
  uint8_t frame[128], control[128];
  struct iovec part = {frame, sizeof frame};
  for (;;) {
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control,
                             .msg_controllen = sizeof control};
    ssize_t length = recvmsg(fd, &message, 0);
    if (length < 0) return 0;
    if (length < 46 || frame[23] != 17 || frame[36] << 8 != (PORT & 0xff00)) continue;
    if (frame[37] != (PORT & 0xff)) continue;
    memcpy(number, frame + 42, 4);
    struct cmsghdr *stamp = CMSG_FIRSTHDR(&message);
    if (stamp == NULL || stamp->cmsg_type != SO_TIMESTAMPNS) continue;
    struct timespec time;
    memcpy(&time, CMSG_DATA(stamp), sizeof time);
    return time.tv_sec * NANOSECONDS + time.tv_nsec;
  }
}

static void empty(int fd) {
  uint32_t number;
  while (arrival(fd, &number) != 0) continue;
}

struct frames {
  uint8_t announcements[2][60];
  uint8_t probe[60];
};

static uint32_t probes;

static void send_probe(struct frames *frames) {
  probes++;
  memcpy(frames->probe + 42, &probes, 4);
  if (send(sockets[0], frames->probe, sizeof frames->probe, 0) < 0) fail("probe");
}

/* Nanoseconds, or -1. */
static int64_t takeover(struct frames *frames, int to, uint32_t *misses) {
  int new_holder = sockets[1 + to], old_holder = sockets[2 - to];
  struct pollfd ready[2] = {{new_holder, POLLIN, 0}, {old_holder, POLLIN, 0}};
  empty(new_holder);
  empty(old_holder);
  uint32_t first = probes + 1, number;
  int64_t start = now(CLOCK_REALTIME), patience = now(CLOCK_MONOTONIC) + PATIENCE;
  if (send(new_holder, frames->announcements[to], 60, 0) < 0) fail("announcement");
  send_probe(frames);
  for (;;) {
    struct timespec wait = {0, PROBE_PATIENCE};
    int events = ppoll(ready, 2, &wait, NULL);
    int64_t at = arrival(new_holder, &number);
    if (at != 0 && number >= first) return at - start;
    if (now(CLOCK_MONOTONIC) > patience) return -1;
    int is_missed = events > 0 && arrival(old_holder, &number) != 0 && number >= first;
    *misses += (uint32_t)is_missed;
    if (is_missed) sleep_until(now(CLOCK_MONOTONIC) + PAUSE);
    if (is_missed || events == 0) send_probe(frames);
  }
}

static int ascending(const void *one, const void *other) {
  int64_t a = *(const int64_t *)one, b = *(const int64_t *)other;
  return (a > b) - (a < b);
}

int main(int count, char **arguments) {
  static struct frames frames;
  uint8_t to[6], one[6], two[6], client[6];
  uint32_t ip, client_ip, misses = 0;
  if (count < 13) return fprintf(stderr, "takeover: see the head of the source\n"), 2;
  for (int i = 0; i < 3; i++) sockets[i] = open_socket(arguments[1 + i]);
  int cycles = atoi(arguments[4]);
  int64_t interval = atoll(arguments[5]) * 1000;
  read_mac(arguments[6], to);
  read_mac(arguments[7], one);
  read_mac(arguments[8], two);
  read_mac(arguments[9], client);
  inet_pton(AF_INET, arguments[10], &ip);
  inet_pton(AF_INET, arguments[11], &client_ip);
  write_announcement(frames.announcements[0], one, ip);
  write_announcement(frames.announcements[1], two, ip);
  write_probe(frames.probe, to, client, client_ip, ip);
  int64_t *samples = calloc((size_t)cycles, sizeof *samples);
  int taken = 0, lost = 0;
  exact_sleeps();
  go_first();
  int64_t next = now(CLOCK_MONOTONIC);
  int64_t end = next + (int64_t)(atof(arguments[12]) * NANOSECONDS);
  for (int i = -10; i < cycles && next < end; i++) {
    int64_t elapsed = takeover(&frames, i & 1, &misses);
    if (i < 0) continue;
    if (elapsed < 0) lost++;
    else samples[taken++] = elapsed;
    next += interval;
    if (next < now(CLOCK_MONOTONIC)) next = now(CLOCK_MONOTONIC);
    sleep_until(next);
  }
  qsort(samples, (size_t)taken, sizeof *samples, ascending);
  printf("{\"lost\":%d,\"missed\":%u,\"samples\":[", lost, misses);
  for (int i = 0; i < taken; i++) printf("%s%.1f", i ? "," : "", (double)samples[i] / 1000);
  puts("]}");
  return 0;
}
