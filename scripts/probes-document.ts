// docs/probes.md, made from the registries of probes: what is read, from where, how often, with which privilege.

import { applicationAuditProbe } from '../src/probes/application-audit/index.ts'
import {
  backupProbe,
  exchangeProbe,
  loginProbe,
  managerProbe,
  newConnectionProbe,
  ON_DEMAND_PROBES,
  pulseProbe,
} from '../src/probes/database/index.ts'
import { addressProbe, poolerProbe, proxyProbe } from '../src/probes/entry-points/index.ts'
import { configuredHostProbe, ownHostProbe } from '../src/probes/host/index.ts'
import type { Probe, ProbeScope } from '../src/probes/probe.ts'
import { healthProbe, userSessionsProbe } from '../src/probes/server/index.ts'

type AnyProbe = Pick<Probe<ProbeScope, unknown>, 'id' | 'scope' | 'title' | 'source' | 'runs' | 'every' | 'needs'>

const PROBES: readonly AnyProbe[] = [
  pulseProbe,
  ...Object.values(ON_DEMAND_PROBES),
  backupProbe,
  exchangeProbe,
  managerProbe,
  newConnectionProbe,
  loginProbe,
  healthProbe,
  userSessionsProbe,
  applicationAuditProbe,
  poolerProbe,
  proxyProbe,
  addressProbe,
  configuredHostProbe,
  ownHostProbe,
]

const INTRODUCTION = `# Probes

Each row is one measurement: one statement, one request or one command, over one connection that stays open. Probes only
read: database sessions are read-only, with \`statement_timeout\` and \`lock_timeout\` below the limit of the poll.
A value that the role may not read is \`?\`, with the exact GRANT. Made from the code by \`npm run generate\`.

| probe | of | reads | from | how often | needs beyond LOGIN |
| --- | --- | --- | --- | --- | --- |
`

/** The document. */
export function probesDocument(): string {
  return `${INTRODUCTION}${PROBES.map(row).join('\n')}\n`
}

function row({ id, scope, title, source, runs, every, needs }: AnyProbe): string {
  const often = every === 'interval' ? 'each poll' : `every ${every.ms / 1_000} s at most`
  const when = runs === 'always' ? often : `${often}, while its view is open`
  const cells = [`\`${id}\``, scope, title, source, when, needs.join(', ') || 'nothing']
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}
