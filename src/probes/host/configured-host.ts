// Measures a configured host, here or over ssh: load, memory, disks, clock, service, PostgreSQL's files.

import { randomBytes } from 'node:crypto'
import { hostRatesBetween } from '../../model/hosts/host-rates.ts'
import type { HostCounters, HostFacts } from '../../model/measured/host.ts'
import { FaultError } from '../../model/values/fault.ts'
import type { AccessibleHost, Probe } from '../probe.ts'
import { hostScript } from './host-script.ts'
import { readLocalFacts } from './local-facts.ts'
import { hostPathsOf } from './measured-paths.ts'
import { parseHostFacts } from './remote-facts.ts'

/** The counters of the previous sample, as long as the access to the host is kept. */
const before = new WeakMap<AccessibleHost, HostCounters>()

/** Reads all facts of a host in one round trip. */
export const configuredHostProbe: Probe<'host', HostFacts> = {
  id: 'machine',
  scope: 'host',
  title: 'Load, processors, memory, disks, network, clock and PostgreSQL’s processes and files of a host',
  source: '/proc, df -P, date, systemctl show, postmaster.pid, pg_controldata',
  runs: 'always',
  every: 'interval',
  needs: [
    'an account for ssh; for pg_wal, postmaster.pid and pg_controldata also the right to read the data directory, or `as` with sudo',
  ],
  async read({ host }, signal) {
    if (!host) throw new Error('the probe "machine" was given no host')
    const facts = await measure(host, signal)
    const earlier = before.get(host)
    before.set(host, facts.counters)
    return { ...facts, rates: earlier ? hostRatesBetween(earlier, facts.counters) : null }
  },
}

async function measure({ config, ssh }: AccessibleHost, signal: AbortSignal): Promise<HostFacts> {
  const subject = hostPathsOf(config)
  if (config.access.kind === 'local') return await readLocalFacts(subject, { account: null, id: config.id }, signal)
  if (config.access.kind === 'none' || ssh === null) throw new FaultError(noAccess(config.id))
  if (config.platform === 'windows') throw new FaultError(noShell(config.id))
  const mark = randomBytes(12).toString('hex')
  const script = hostScript(subject, mark)
  const { stdout: output, sentAt, heardAt, roundTripMs, notAsUser = null } = await ssh.run(script, signal)
  const by = config.as === undefined || notAsUser ? accountOf(config.access.destination) : config.as
  const about = { subject, id: config.id, account: by, notAsUser }
  return parseHostFacts({ output, mark, sentAt, heardAt, roundTripMs }, about)
}

/** `ops` of `ops@10.0.0.11` or `ssh://ops@host:22`; null if the ssh configuration decides. */
function accountOf(destination: string): string | null {
  return /^(?:ssh:\/\/)?([^@]+)@/.exec(destination)?.[1] ?? null
}

function noAccess(id: string) {
  return {
    code: 'unreachable',
    message: `The config does not say how to reach host ${id}`,
    hint: `Add "ssh": "user@address" or "local": true to host ${id} in the config.`,
  } as const
}

function noShell(id: string) {
  return {
    code: 'protocol',
    message: `Host ${id} runs Windows, which has no POSIX shell`,
    hint: 'pgdeck watches its databases and servers all the same.',
  } as const
}
