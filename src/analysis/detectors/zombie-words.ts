import type { Track } from '../track.ts';
import type { Speaker } from '../virtual-router.ts';
import type { AddressWatch } from './address-watch.ts';
import type { AddressWords } from './address-words.ts';

/**
 * What is said of a zombie holder: why it was no master any more, as far as frames tell, and what
 * to do about that. One that announces the address lives, and its adverts are lost on the way.
 */
const BLOCKED_ADVICE =
  'Unless somebody announced it by hand (arping): let its own firewall (the output chain), the ' +
  'security group and the network pass IP protocol 112 from it; `tcpdump -n vrrp` on each node ' +
  'shows where the adverts end.';

/** The message and the advice. */
export function zombieWords(
  watch: AddressWatch,
  track: Track,
  words: AddressWords,
): { message: string; advice: string } {
  const { zombieMac, zombieSigns, zombieLastFrame } = watch;
  const speaksVrrp = track.routers.length > 0;
  const why = speaksVrrp
    ? 'although it sent no adverts as its master any more'
    : `although ${words.host(track.holder)} announced it since`;
  const isBack = track.holder === zombieMac;
  const then = isBack ? '. It holds the address again' : ', and clients that ask by ARP may get it';
  return {
    message:
      `${words.host(zombieMac)} went on answering for ${words.ip(track.id)} ${why} ` +
      `(${zombieSigns} times, to frame ${zombieLastFrame}): ${state(watch, track)}${then}.`,
    advice: speaksVrrp && isUnheard(watch) ? BLOCKED_ADVICE : advice(isBack),
  };
}

function state(watch: AddressWatch, track: Track): string {
  if (track.routers.length === 0) return 'both have it configured';
  if (isUnheard(watch)) {
    return (
      `it announced the address, too (frame ${watch.unheardFrame}), as a keepalived does that is ` +
      'alive and whose adverts do not get through'
    );
  }
  return `${whyInactive(watch, track)}, but the address was still configured`;
}

function advice(isBack: boolean): string {
  return (
    (isBack
      ? 'Leave it now. For the next time let '
      : 'Stop the machine, or take the address off: `ip address del ADDRESS dev IFACE`. Let ') +
    'systemd take the address off when keepalived dies (ExecStopPost), and restart it: ' +
    '`Restart=always`. Where its log shows no restart it was stuck: `vrrp_rt_priority 50` ' +
    'and `vrrp_no_swap`.'
  );
}

/**
 * A host whose kernel refuses adverts has no keepalived; one that is stuck keeps its socket, so
 * that adverts which are sent to it are not refused.
 */
function whyInactive({ zombieMac, zombieFrame }: AddressWatch, { routers }: Track): string {
  const absence = routers
    .flatMap(({ absences }) => absences)
    .find(({ mac, lastFrame }) => mac === zombieMac && lastFrame >= zombieFrame);
  if (absence !== undefined) {
    return (
      'no keepalived ran there (its host answered adverts with "protocol unreachable", frame ' +
      `${absence.firstFrame})`
    );
  }
  const isAddressed = routers.some(
    ({ peers, speakers }) =>
      peers.some(({ mac }) => mac === zombieMac) &&
      speakers.some((one) => one.mac !== zombieMac && hasAdvertised(one, zombieFrame)),
  );
  return isAddressed
    ? 'its keepalived was stuck rather than dead (its host refused none of the adverts sent to it)'
    : 'its keepalived was dead or stuck';
}

/** Whether it announced the address while it was told of. */
function isUnheard({ unheardMac, unheardFrame, zombieMac, zombieFrame }: AddressWatch): boolean {
  return unheardMac === zombieMac && unheardFrame >= zombieFrame;
}

/** Twice or more in a run that began after this frame. */
function hasAdvertised({ observer }: Speaker, frame: number): boolean {
  return observer
    .newestFirst()
    .some(({ startFrame, previous }) => startFrame > frame && !Number.isNaN(previous));
}
