// `pgdeck hba audit`: looks for the lines that the topology needs, on every database that may become the primary.

import type { Config } from '../../../config/config.ts'
import { auditHba, auditOfNode, worstHealth } from '../../../model/hba/audit/audit.ts'
import { hbaAuditInput } from '../../../model/hba/audit/audit-input.ts'
import { listText } from '../../../model/values/text.ts'
import { profileOf } from '../../../profiles/facts.ts'
import type { ClusterState, State } from '../../../state/state.ts'
import { EXIT_CODES, HEALTH_EXIT_CODES, UsageError } from '../../invocation/exit-codes.ts'
import { jsonText, type Output } from '../../invocation/output.ts'
import { linePrinter } from '../../text/print.ts'
import { allUnreachable, pollOnce } from '../../watching/poll-once.ts'
import { type AuditedCluster, hbaAuditDocument, hbaAuditHealth } from './audit-json.ts'
import { hbaAuditLines } from './audit-text.ts'

export interface HbaAuditOptions {
  readonly config: Config
  /** A server, a database or a cluster; null: everything. */
  readonly name: string | null
  readonly clusterName?: string | undefined
  readonly intervalMs?: number | undefined
  readonly notify?: ((text: string) => void) | undefined
  readonly json: boolean
  readonly colour: boolean
  readonly output: Output
}

/** Polls once and prints. Resolves to 0, 1, 2 or 3; 69 if nothing answered. Throws UsageError for an unknown name. */
export async function hbaAuditCommand(options: HbaAuditOptions): Promise<number> {
  const print = await linePrinter(options.colour)
  return pollOnce({ ...options, queries: ['hba'] }, async (state) => {
    const audited = auditedClusters(state, options.name)
    const text = options.json
      ? jsonText(hbaAuditDocument(audited, Date.now()), 'pretty')
      : print(hbaAuditLines(audited))
    await options.output.write(text)
    return allUnreachable(state)
      ? EXIT_CODES.unreachable
      : HEALTH_EXIT_CODES[worstHealth(audited.map(({ audit }) => hbaAuditHealth(audit)))]
  })
}

/** The audit of each cluster, or of the named subject. Throws UsageError for an unknown or ambiguous name. */
export function auditedClusters(state: State, name: string | null): readonly AuditedCluster[] {
  const all = state.clusters.flatMap((cluster) => {
    const { picture, spec } = cluster
    return picture
      ? [{ cluster, name: spec.name, audit: auditHba(hbaAuditInput(cluster, picture, profileOf(spec.profile))) }]
      : []
  })
  if (name === null) return all
  const audits = all.flatMap((each) => {
    const id = idOf(each.cluster, name)
    return id === null ? [] : [{ ...each, audit: auditOfNode(each.audit, id) }]
  })
  const whole = all.filter((each) => each.name === name)
  const meant = audits.length > 0 ? audits : whole
  if (meant.length > 1) {
    throw new UsageError(`${name} is in ${listText(meant.map((each) => each.name))}: say which with --cluster`)
  }
  if (meant.length === 1) return meant
  const known = all.flatMap(({ cluster }) => [...cluster.databases, ...cluster.servers].map(({ spec }) => spec.id))
  throw new UsageError(`hba audit: ${name} is unknown; it takes ${known.join(', ')}`)
}

function idOf({ databases, servers }: ClusterState, name: string): string | null {
  const records = [...databases, ...servers]
  const named = records.find(({ spec }) => spec.id === name) ?? records.find((record) => record.displayName === name)
  return named?.spec.id ?? null
}
