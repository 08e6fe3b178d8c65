/** The virtual MAC 00:00:5e:00:01:VRID, and whether packets to the address are let in. */
import type { Cluster } from '../cluster.ts';
import { instancesOf } from '../cluster.ts';
import type { Report, Rule } from '../finding.ts';
import { addTo, drop, dropKeyword } from '../fixes.ts';
import type { Running } from '../running.ts';
import { lastOf } from '../statements.ts';

const vmacNotMember: Rule = {
  id: 'vmac-not-member',
  severity: 'error',
  title: 'a virtual MAC that may claim nothing',
  source: 'manuals (A2, T1, H2, U3): an ENI claims with its own MAC; finding vrrp-virtual-mac',
  check(cluster, report) {
    const { rules } = cluster;
    if (rules === null || rules.membership === 'anyone') return;
    for (const { config, host, addresses } of instancesOf(cluster)) {
      const keywords = ['use_vmac', 'use_vmac_addr'];
      const message =
        `the address would be claimed by a virtual MAC, which ${rules.name} binds to ` +
        'no host: every claim is refused';
      for (const keyword of keywords) {
        const statement = lastOf(config.statement, keyword);
        if (statement === null) continue;
        const fix = drop(cluster.source, statement);
        report({ host, place: statement.keyword.place, message, fix });
      }
      for (const { usesVmac, place, address } of addresses) {
        if (!usesVmac) continue;
        report({
          host,
          place,
          message,
          fix: { edits: [], write: [`${address} without use_vmac`] },
        });
      }
    }
  },
};

const xmitBaseAlone: Rule = {
  id: 'vmac-xmit-base-alone',
  severity: 'warning',
  title: 'vmac_xmit_base without a virtual MAC',
  source: 'keepalived -t: "vmac_xmit_base is only valid with a vmac"',
  check(cluster, report) {
    for (const one of instancesOf(cluster)) {
      const { vmacXmitBase, useVmac, useIpvlan } = one.config;
      if (vmacXmitBase?.value !== true || useVmac !== null || useIpvlan !== null) continue;
      const fix = dropKeyword(one, cluster.source, 'vmac_xmit_base');
      const message = 'keepalived ignores vmac_xmit_base, since there is no use_vmac';
      report({ host: one.host, place: vmacXmitBase.place, message, fix });
    }
  },
};

const vmacUnicast: Rule = {
  id: 'vmac-unicast',
  severity: 'warning',
  title: 'use_vmac with unicast, without vmac_xmit_base',
  source:
    'keepalived.conf(5), use_vmac, note 2; keepalived -t: "requires vmac_xmit_base - setting"',
  check(cluster, report) {
    const { rules } = cluster;
    // Elsewhere the virtual MAC has to go, not to be completed.
    if (rules !== null && rules.membership !== 'anyone') return;
    for (const one of instancesOf(cluster)) {
      const { config, host, isUnicast } = one;
      if (!isUnicast || config.useVmac === null || config.vmacXmitBase?.value === true) continue;
      const message =
        'unicast with use_vmac needs vmac_xmit_base, which keepalived then sets itself';
      const fix = addTo(one, cluster.source, ['vmac_xmit_base']);
      report({ host, place: config.useVmac.place, message, fix });
    }
  },
};

const acceptMode: Rule = {
  id: 'accept-mode',
  severity: 'error',
  title: 'an address that answers nobody, or accept without need',
  source: 'keepalived.conf(5), no_accept and accept; RFC 9568 6.1, Accept_Mode',
  check(cluster, report) {
    for (const one of instancesOf(cluster)) {
      if (one.config.accept === null) continue;
      if (one.isAccepting) reportAccept(cluster, one, report);
      else reportRefusal(cluster, one, report);
    }
  },
};

function reportRefusal(cluster: Cluster, one: Running, report: Report): void {
  const { config, host } = one;
  const message =
    'no_accept drops every packet to the address, so the HaVip moves and answers nobody';
  const fix = dropKeyword(one, cluster.source, 'no_accept');
  report({ host, place: config.accept?.place ?? config.place, message, fix });
}

function reportAccept(cluster: Cluster, one: Running, report: Report): void {
  const { config, host, isStrict } = one;
  const { rules } = cluster;
  // Strict mode is the one thing that it undoes.
  if (isStrict || rules === null || rules.membership === 'anyone') return;
  const message =
    `accept is the default and belongs to the virtual MAC, which ${rules.name} does ` + 'not take';
  const fix = dropKeyword(one, cluster.source, 'accept');
  report({
    host,
    place: config.accept?.place ?? config.place,
    message,
    fix,
    severity: 'warning',
  });
}

export const VIRTUAL_MAC_RULES: readonly Rule[] = [
  vmacNotMember,
  xmitBaseAlone,
  vmacUnicast,
  acceptMode,
];
