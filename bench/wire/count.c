// Counts UDP datagrams at a port: after the first one and a warm-up, for so many seconds. It looks
// every millisecond and sleeps in between, so that nobody has to wake it for each frame.
//
//   count PORT WARMUP SECONDS
//
// Prints what came before those seconds, too.
// Says "ready" when it listens. Gives up, with nothing counted, where nothing comes for 5 seconds.
#include "net.h"

#include <netinet/in.h>
#include <sys/socket.h>

#define BURST 256
#define PATIENCE (5 * NANOSECONDS)

static struct mmsghdr messages[BURST];

static int64_t drain(int fd) {
  int64_t total = 0;
  int count;
  while ((count = recvmmsg(fd, messages, BURST, MSG_DONTWAIT | MSG_TRUNC, NULL)) > 0) {
    total += count;
    if (count < BURST) break;
  }
  return total;
}

/* Looks every millisecond until `end`, or, where `any` is set, until something came. */
static int64_t look(int fd, int64_t end, int any) {
  int64_t total = 0;
  for (int64_t next = now(CLOCK_MONOTONIC); next < end; next += NANOSECONDS / 1000) {
    sleep_until(next);
    total += drain(fd);
    if (any && total > 0) break;
  }
  return total;
}

int main(int count, char **arguments) {
  if (count < 4) return fprintf(stderr, "count PORT WARMUP SECONDS\n"), 2;
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(arguments[1]))};
  int octets = 16 << 20;
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) < 0) fail("port %s", arguments[1]);
  setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &octets, sizeof octets);
  exact_sleeps();
  go_first();
  puts("ready");
  fflush(stdout);
  int64_t before = look(fd, now(CLOCK_MONOTONIC) + PATIENCE, 1);
  before += look(fd, now(CLOCK_MONOTONIC) + (int64_t)(atof(arguments[2]) * NANOSECONDS), 0);
  int64_t start = now(CLOCK_MONOTONIC);
  int64_t frames = look(fd, start + (int64_t)(atof(arguments[3]) * NANOSECONDS), 0);
  double seconds = (double)(now(CLOCK_MONOTONIC) - start) / NANOSECONDS;
  printf("{\"before\":%lld,\"frames\":%lld,\"seconds\":%.3f,\"rate\":%.0f}\n",
         (long long)before, (long long)frames, seconds, frames / seconds);
  return 0;
}
