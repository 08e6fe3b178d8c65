/*
 * Sends frames as they are: each line of standard input is an interface name and a frame in
 * hexadecimal. For each it prints when the frame was handed over, in nanoseconds of the monotonic
 * clock.
 */
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

int main(void) {
  static char line[8192];
  static unsigned char frame[2048];
  int fd = socket(AF_PACKET, SOCK_RAW, 0);
  if (fd < 0) {
    perror("socket");
    return 1;
  }
  while (fgets(line, sizeof line, stdin) != NULL) {
    char name[IF_NAMESIZE + 1];
    int at = 0;
    size_t length = 0;
    if (sscanf(line, "%16s %n", name, &at) != 1) return 2;
    for (unsigned octet; sscanf(line + at + 2 * length, "%2x", &octet) == 1;) {
      frame[length++] = (unsigned char)octet;
    }
    struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(name)};
    if (sendto(fd, frame, length, 0, (struct sockaddr *)&to, sizeof to) < 0) {
      perror(name);
      return 3;
    }
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    printf("%lld\n", (long long)now.tv_sec * 1000000000 + now.tv_nsec);
    fflush(stdout);
  }
  return 0;
}
