/** What a file is, by its first four octets, where it is no capture. */

export const GZIP_MAGIC = 0x1f8b;

const FOREIGN: readonly { magic: string; mend: string }[] = [
  { magic: '736e6f6f', mend: 'it is a snoop file: convert it with editcap -F pcap' },
  { magic: '425a68', mend: 'it is bzip2: decompress it first with bunzip2' },
  { magic: 'fd377a58', mend: 'it is xz: decompress it first with unxz' },
  { magic: '04224d18', mend: 'it is lz4: decompress it first with unlz4' },
  { magic: '504b0304', mend: 'it is a zip archive: unzip it first' },
  { magic: '1f8b', mend: 'it is compressed twice: decompress it first with gunzip' },
  { magic: '28b52ffd', mend: 'it is compressed twice: decompress it first with unzstd' },
];

/** What is wrong and how to mend it, for octets that begin neither pcap nor pcapng. */
export function unknownMagic(octets: Uint8Array): { what: string; mend: string } {
  const hex = Array.from(octets, (octet) => octet.toString(16).padStart(2, '0'));
  const what = `first octets ${hex.join(' ')} are neither pcap nor pcapng`;
  const known = FOREIGN.find(({ magic }) => hex.join('').startsWith(magic));
  if (known !== undefined) return { what, mend: known.mend };
  if (octets.every(isText)) {
    return { what, mend: 'it looks like text: write captures with tcpdump -w' };
  }
  return { what, mend: 'captures may also be compressed with gzip or zstd' };
}

function isText(octet: number): boolean {
  return (octet >= 0x20 && octet < 0x7f) || octet === 9 || octet === 10 || octet === 13;
}
