/** The programs that keepalived is to run: as whom, and whether they are there. */
import type { Cluster, Host } from '../cluster.ts';
import type { Rule } from '../finding.ts';
import { addGlobal } from '../fixes.ts';
import type { ScriptUse } from '../keepalived-conf.ts';
import type { Place } from '../notices.ts';
import { allOf, lastOf } from '../statements.ts';

/** Every script of the file. */
export function scriptsOf({ conf }: Host): ScriptUse[] {
  return [
    ...conf.scripts.flatMap(({ script }) => script ?? []),
    ...conf.syncGroups.flatMap(({ scripts }) => [...scripts]),
    ...conf.instances.flatMap(({ scripts }) => [...scripts]),
  ];
}

const scriptSecurityOff: Rule = {
  id: 'script-security-off',
  severity: 'warning',
  title: 'scripts without enable_script_security',
  source: 'keepalived.conf(5), enable_script_security; keepalived: "SECURITY VIOLATION"',
  check(cluster, report) {
    for (const host of cluster.hosts) {
      const [first] = scriptsOf(host);
      if (first === undefined || host.conf.globals.scriptSecurity?.value === true) continue;
      const message =
        'without enable_script_security keepalived would run scripts as root even where others ' +
        'than root may write to them';
      const fix = addGlobal(host.conf, cluster.source, 'enable_script_security');
      report({ host: host.name, place: first.place, message, fix });
    }
  },
};

const scriptUserMissing: Rule = {
  id: 'script-user-missing',
  severity: 'warning',
  title: 'scripts without script_user',
  source:
    'keepalived.conf(5), script_user: keepalived_script where there is such a user, else root',
  check(cluster, report) {
    for (const host of cluster.hosts) {
      const settled = withUser(host);
      const first = scriptsOf(host).find(({ place }) => !settled.has(place));
      if (first === undefined || host.conf.globals.scriptUser !== null) continue;
      const isSecure = host.conf.globals.scriptSecurity?.value === true;
      const message = isSecure
        ? 'no script_user: with script security and without a user keepalived_script, ' +
          'keepalived removes the scripts'
        : 'no script_user: the scripts run as keepalived_script where that user ' +
          'exists, else as root';
      const fix = addGlobal(host.conf, cluster.source, 'script_user root');
      const severity = isSecure ? 'error' : 'warning';
      report({ host: host.name, place: first.place, message, fix, severity });
    }
  },
};

/** Where scripts stand whose `vrrp_script` names a user of its own. */
function withUser({ conf }: Host): Set<Place | undefined> {
  const blocks = allOf(conf.statements, 'vrrp_script').filter(
    (one) => lastOf(one, 'user') !== null,
  );
  return new Set(blocks.map((one) => lastOf(one, 'script')?.values[0]?.place));
}

const scriptMissing: Rule = {
  id: 'script-missing',
  severity: 'warning',
  title: 'a script that is not there',
  source: 'keepalived: "Disabling track script since not found/accessible"',
  check(cluster, report) {
    eachFile(cluster, (host, { keyword, place }, path) => {
      if (cluster.scripts?.(path) !== null) return;
      const message =
        `there is no ${path} on this machine: ${keyword} does nothing where it is ` + 'missing';
      report({
        host,
        place,
        message,
        fix: { edits: [], write: [`${keyword} <a file that exists>`] },
      });
    });
  },
};

const scriptNotExecutable: Rule = {
  id: 'script-not-executable',
  severity: 'error',
  title: 'a script that cannot be run',
  source: 'execve(2): EACCES; keepalived: "cannot be accessed"',
  check(cluster, report) {
    eachFile(cluster, (host, { keyword, place }, path) => {
      const facts = cluster.scripts?.(path) ?? null;
      if (facts === null || facts.isExecutable) return;
      const message = `nobody may execute ${path}, so ${keyword} does nothing: chmod 755 ${path}`;
      report({ host, place, message });
    });
  },
};

const scriptWritable: Rule = {
  id: 'script-writable',
  severity: 'error',
  title: 'a script that anybody may write to',
  source: 'keepalived.conf(5), enable_script_security: not run as root then',
  check(cluster, report) {
    eachFile(cluster, (host, { keyword, place }, path) => {
      const writable = cluster.scripts?.(path)?.writable ?? null;
      if (writable === null) return;
      const message =
        `anybody may write to ${writable}, and ${keyword} runs it as root: chmod o-w ` +
        `${writable}`;
      report({ host, place, message });
    });
  },
};

/** Each script with an absolute path; others are looked for where only the host knows. */
function eachFile(
  cluster: Cluster,
  judge: (host: string, use: ScriptUse, path: string) => void,
): void {
  if (cluster.scripts === null) return;
  for (const host of cluster.hosts) {
    const seen = new Set<string>();
    for (const use of scriptsOf(host)) {
      const [path = ''] = use.command.trim().split(/\s+/);
      if (!path.startsWith('/') || seen.has(path)) continue;
      seen.add(path);
      judge(host.name, use, path);
    }
  }
}

export const SCRIPT_RULES: readonly Rule[] = [
  scriptSecurityOff,
  scriptUserMissing,
  scriptMissing,
  scriptNotExecutable,
  scriptWritable,
];
