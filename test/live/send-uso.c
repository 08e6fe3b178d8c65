/*
 * UDP as an application with segmentation offload sends it (udp(7), UDP_SEGMENT): messages that
 * the kernel, or the device, cuts into datagrams. Arguments: address, messages, octets of a
 * message, octets of a datagram.
 */
#include <arpa/inet.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

int main(int argc, char **argv) {
  static char message[60000];
  if (argc != 5) return 2;
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9)};
  inet_pton(AF_INET, argv[1], &to.sin_addr);
  int messages = atoi(argv[2]), octets = atoi(argv[3]), datagram = atoi(argv[4]);
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (setsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &datagram, sizeof datagram) < 0) return 3;
  memset(message, 'x', sizeof message);
  for (int i = 0; i < messages; i++) {
    if (sendto(fd, message, octets, 0, (struct sockaddr *)&to, sizeof to) != octets) return 4;
  }
  return 0;
}
