/*
 * The virtio header of a frame (virtio 1.2, section 5.1.6.2): checked before it is believed, and
 * moved along when a tag is pushed or popped. Its fields are in the byte order of the machine.
 */
#define _GNU_SOURCE
#include <linux/virtio_net.h>
#include <string.h>

#include "core.h"

/* Linux 6.2; absent from older headers. */
#ifndef VIRTIO_NET_HDR_GSO_UDP_L4
#define VIRTIO_NET_HDR_GSO_UDP_L4 5
#endif

_Static_assert(sizeof(struct virtio_net_hdr) == HV_HEADER, "the header has ten octets");

#define TCP_LENGTH 20
#define TCP_CHECKSUM 16
#define UDP_LENGTH 8
#define UDP_CHECKSUM 6

static int check_segmentation(const struct virtio_net_hdr *header, size_t length) {
  size_t transport = TCP_LENGTH;
  switch (header->gso_type & ~VIRTIO_NET_HDR_GSO_ECN) {
    case VIRTIO_NET_HDR_GSO_TCPV4:
    case VIRTIO_NET_HDR_GSO_TCPV6:
      break;
    case VIRTIO_NET_HDR_GSO_UDP_L4:
      transport = UDP_LENGTH;
      break;
    default:
      return HV_HEADER_BAD;
  }
  int checksum = transport == UDP_LENGTH ? UDP_CHECKSUM : TCP_CHECKSUM;
  if (header->gso_size == 0 || header->csum_offset != checksum) return HV_HEADER_BAD;
  return header->csum_start + transport <= length ? HV_HEADER_BUSY : HV_HEADER_BAD;
}

/*
 * Whether the header of a frame of `length` octets asks for work, for none, or is not to be
 * believed. Leaves only the flag that asks; one that asks for nothing becomes all zero.
 */
int hv_check_header(uint8_t *octets, size_t length) {
  struct virtio_net_hdr header;
  memcpy(&header, octets, sizeof header);
  int needs_checksum = (header.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) != 0;
  if (!needs_checksum && header.gso_type == VIRTIO_NET_HDR_GSO_NONE) {
    memset(octets, 0, HV_HEADER);
    return HV_HEADER_IDLE;
  }
  /* 5.1.6.2: whoever asks for segmentation asks for checksums, too. */
  if (!needs_checksum || header.hdr_len > length) return HV_HEADER_BAD;
  size_t field_end = (size_t)header.csum_start + header.csum_offset + 2;
  if (header.csum_start < HV_ETHERNET || field_end > length) return HV_HEADER_BAD;
  octets[0] = VIRTIO_NET_HDR_F_NEEDS_CSUM;
  if (header.gso_type == VIRTIO_NET_HDR_GSO_NONE) return HV_HEADER_BUSY;
  return check_segmentation(&header, length);
}

/* The frame has grown by `by` octets behind its addresses: 4 or -4. -1 where that cannot be. */
int hv_move_header(uint8_t *octets, int by) {
  struct virtio_net_hdr header;
  memcpy(&header, octets, sizeof header);
  if (!(header.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM)) return 0;
  int start = header.csum_start + by;
  int headers = header.hdr_len == 0 ? 0 : header.hdr_len + by;
  if (start < HV_ETHERNET || start > UINT16_MAX || headers < 0 || headers > UINT16_MAX) return -1;
  header.csum_start = (uint16_t)start;
  header.hdr_len = (uint16_t)headers;
  memcpy(octets, &header, sizeof header);
  return 0;
}

/*
 * Writes the header of a frame whose checksum the kernel has left open and which came without
 * one: TCP or UDP in IPv4, or in IPv6 without extension headers. 0 where it is neither.
 */
int hv_partial_header(uint8_t *octets, const uint8_t *frame, size_t length) {
  struct virtio_net_hdr header = {.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM};
  size_t ip = HV_ETHERNET;
  memset(octets, 0, HV_HEADER);
  while (ip + HV_TAG <= length && ((frame[ip - 2] == 0x81 && frame[ip - 1] == 0x00) ||
                                   (frame[ip - 2] == 0x88 && frame[ip - 1] == 0xa8))) {
    ip += HV_TAG;
  }
  if (ip + 20 > length) return 0;
  int is_ipv4 = frame[ip] >> 4 == 4;
  if (!is_ipv4 && ip + 40 > length) return 0;
  int protocol = is_ipv4 ? frame[ip + 9] : frame[ip + 6];
  if (protocol != 6 && protocol != 17) return 0;
  header.csum_start = (uint16_t)(ip + (is_ipv4 ? (size_t)(frame[ip] & 15) * 4 : 40));
  header.csum_offset = protocol == 6 ? TCP_CHECKSUM : UDP_CHECKSUM;
  memcpy(octets, &header, sizeof header);
  return hv_check_header(octets, length) == HV_HEADER_BUSY;
}
