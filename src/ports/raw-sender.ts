/**
 * Sends IP packets of protocol 112 with their header as given, through the package raw-socket,
 * which is an option: it must be compiled. Main thread only, for it uses the process's own event
 * loop. It sends and never reads: adverts are received by a packet socket, which shows their time
 * to live. It is open all the same so that the kernel joins the group, and does not answer unicast
 * adverts with "protocol unreachable".
 */
import { createRequire } from 'node:module';
import { ADVERT_TIME_TO_LIVE } from '../vrrp/advert-packet.ts';
import { PROTOCOL_VRRP } from '../wire/ipv4.ts';
import { NativeError } from './native-binding.ts';

/** As in raw-socket's documentation; it brings no types. */
interface RawSocket {
  setOption(level: number, option: number, value: number | Buffer, length?: number): void;
  send(
    buffer: Buffer,
    offset: number,
    length: number,
    address: string,
    done: (error: Error | null, octets: number) => void,
  ): void;
  pauseRecv(): void;
  close(): void;
  on(event: 'error' | 'close', handler: (error: Error) => void): void;
}

interface RawSocketPackage {
  createSocket(options: { protocol: number; addressFamily: number }): RawSocket;
}

/** include/uapi/linux/in.h, in6.h and asm-generic/socket.h. */
const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
const SO_BINDTODEVICE = 25;
const IPPROTO_IP = 0;
const IP_HDRINCL = 3;
const IP_MULTICAST_TTL = 33;
const IP_MULTICAST_IF = 32;
const IP_MULTICAST_LOOP = 34;
const IP_ADD_MEMBERSHIP = 35;
const IPPROTO_IPV6 = 41;
const IPV6_MULTICAST_IF = 17;
const IPV6_MULTICAST_LOOP = 19;
const IPV6_ADD_MEMBERSHIP = 20;
const IPV6_HDRINCL = 36;

export interface RawSenderOptions {
  readonly family: 4 | 6;
  readonly interfaceName: string;
  readonly interfaceIndex: number;
  /** Octets of the group that the interface joins; null where adverts are unicast. */
  readonly group: Uint8Array | null;
}

export class RawSender {
  private readonly socket: RawSocket;
  private failure: Error | null = null;

  private constructor(socket: RawSocket) {
    this.socket = socket;
    socket.on('error', (error) => {
      this.failure = error;
    });
    socket.pauseRecv();
  }

  /** Throws NativeError where raw-socket is not built, or the kernel refuses. */
  static open(options: RawSenderOptions): RawSender {
    const { family, interfaceName } = options;
    const raw = loadPackage();
    try {
      const addressFamily = family === 4 ? 1 : 2;
      const socket = raw.createSocket({ protocol: PROTOCOL_VRRP, addressFamily });
      // The smallest there is: nobody reads.
      socket.setOption(SOL_SOCKET, SO_RCVBUF, 0);
      const device = Buffer.from(`${interfaceName}\0`);
      socket.setOption(SOL_SOCKET, SO_BINDTODEVICE, device, device.length);
      if (family === 4) prepareIpv4(socket, options);
      else prepareIpv6(socket, options);
      return new RawSender(socket);
    } catch (error) {
      const { message } = error as Error;
      const remedy = /not permitted/i.test(message) ? '; run it as root (CAP_NET_RAW)' : '';
      throw new NativeError(`${interfaceName}: raw socket: ${message}${remedy}`);
    }
  }

  /** Resolves when the packet has left; rejects with the kernel's words where it cannot. */
  send(packet: Uint8Array, destination: string): Promise<void> {
    const { failure } = this;
    if (failure !== null) return Promise.reject(failure);
    const buffer = Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength);
    return new Promise((resolve, reject) => {
      this.socket.send(buffer, 0, buffer.length, destination, (error) => {
        if (error === null) resolve();
        else reject(error);
      });
    });
  }

  close(): void {
    if (this.failure === null) this.socket.close();
  }
}

function prepareIpv4(socket: RawSocket, { group, interfaceIndex }: RawSenderOptions): void {
  socket.setOption(IPPROTO_IP, IP_HDRINCL, 1);
  if (group === null) return;
  // struct ip_mreqn: group, own address (any), index in the machine's byte order.
  const request = Buffer.alloc(12);
  request.set(group, 0);
  request.writeInt32LE(interfaceIndex, 8);
  socket.setOption(IPPROTO_IP, IP_ADD_MEMBERSHIP, request, request.length);
  socket.setOption(IPPROTO_IP, IP_MULTICAST_IF, request, request.length);
  socket.setOption(IPPROTO_IP, IP_MULTICAST_TTL, ADVERT_TIME_TO_LIVE);
  socket.setOption(IPPROTO_IP, IP_MULTICAST_LOOP, 0);
}

function prepareIpv6(socket: RawSocket, { group, interfaceIndex }: RawSenderOptions): void {
  socket.setOption(IPPROTO_IPV6, IPV6_HDRINCL, 1);
  if (group === null) return;
  // struct ipv6_mreq.
  const request = Buffer.alloc(20);
  request.set(group, 0);
  request.writeInt32LE(interfaceIndex, 16);
  socket.setOption(IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, request, request.length);
  socket.setOption(IPPROTO_IPV6, IPV6_MULTICAST_IF, interfaceIndex);
  socket.setOption(IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0);
}

function loadPackage(): RawSocketPackage {
  // By a name that a bundler does not follow: it is compiled, and may be missing.
  const name = 'raw-socket';
  try {
    return createRequire(import.meta.url)(name) as RawSocketPackage;
  } catch {
    const remedy = 'apt install g++ make python3, then npm rebuild raw-socket';
    throw new NativeError(`the package raw-socket is not built, and adverts need it; ${remedy}`);
  }
}
