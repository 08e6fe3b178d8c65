// A paced UDP sender: bursts at even intervals, asleep in between, and the rate that it reached.
//
//   send IP PORT RATE SECONDS [PAYLOAD]
//
// A payload of 18 octets makes the shortest Ethernet frame (64 octets with its checksum).
#include "net.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#define BURST_MAX 256
#define PAYLOAD_MAX 1472
// From here on more is asked for than can be sent: then it neither goes first nor catches up.
#define OVERLOAD 200000
#define LATE_MAX (NANOSECONDS / 10)

int main(int count, char **arguments) {
  static uint8_t payload[PAYLOAD_MAX];
  static struct mmsghdr messages[BURST_MAX];
  struct sockaddr_in to = {.sin_family = AF_INET};
  if (count < 5) return fprintf(stderr, "send IP PORT RATE SECONDS [PAYLOAD]\n"), 2;
  inet_pton(AF_INET, arguments[1], &to.sin_addr);
  to.sin_port = htons((uint16_t)atoi(arguments[2]));
  double rate = atof(arguments[3]);
  int64_t duration = (int64_t)(atof(arguments[4]) * NANOSECONDS);
  struct iovec part = {payload, count > 5 ? (size_t)atoi(arguments[5]) % PAYLOAD_MAX : 18};
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) < 0) fail("%s", arguments[1]);
  for (int i = 0; i < BURST_MAX; i++) {
    messages[i].msg_hdr = (struct msghdr){.msg_iov = &part, .msg_iovlen = 1};
  }
  // Ten bursts a millisecond where they are small, fewer where a burst would be one frame.
  int burst = (int)(rate / 10000);
  if (burst < 1) burst = 1;
  if (burst > BURST_MAX) burst = BURST_MAX;
  int64_t interval = (int64_t)(burst / rate * NANOSECONDS);
  exact_sleeps();
  int is_paced = rate < OVERLOAD;
  int64_t late_max = is_paced ? LATE_MAX : 2 * interval;
  if (is_paced) go_first();
  int64_t start = now(CLOCK_MONOTONIC), next = start, time = start, sent = 0, refused = 0;
  // Who was woken late sends what is due at once, so that the rate is the one asked for; a pause of
  // the whole machine is not made up for, since no queue would hold it.
  while ((time = now(CLOCK_MONOTONIC)) - start < duration) {
    if (next < time - late_max) next = time;
    if (next > time) sleep_until(next);
    next += interval;
    int taken = sendmmsg(fd, messages, (unsigned)burst, MSG_DONTWAIT);
    if (taken > 0) sent += taken;
    if (taken < burst) refused += burst - (taken > 0 ? taken : 0);
  }
  double seconds = (double)(time - start) / NANOSECONDS;
  printf("{\"sent\":%lld,\"refused\":%lld,\"seconds\":%.3f,\"rate\":%.0f}\n", (long long)sent,
         (long long)refused, seconds, sent / seconds);
  return 0;
}
