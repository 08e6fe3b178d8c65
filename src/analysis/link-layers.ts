/** What the link types of a capture, by their names, let be seen in it. */
const WITH_ARP: ReadonlySet<string> = new Set(['EN10MB', 'LINUX_SLL', 'LINUX_SLL2']);
const WITHOUT_ETHERNET: ReadonlySet<string> = new Set(['NULL', 'LOOP', 'RAW', 'IPV4', 'IPV6']);

/** Whether ARP can be seen in a capture of these link types. */
export function showsArp(linkTypes: readonly string[]): boolean {
  return linkTypes.some((name) => WITH_ARP.has(name));
}

/** Those whose frames are counted and not looked into. */
export function undecodedOf(linkTypes: readonly string[]): string[] {
  return linkTypes.filter((name) => !WITH_ARP.has(name) && !WITHOUT_ETHERNET.has(name));
}
