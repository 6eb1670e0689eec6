// The clusters and nodes of a check: all, or those of NAME.

import type { Limits } from '../../../model/measured/spec.ts'
import { listText } from '../../../model/values/text.ts'
import { displayNameOf } from '../../../state/select/cluster.ts'
import type { ClusterState } from '../../../state/state.ts'
import { UsageError } from '../../invocation/exit-codes.ts'
import type { CheckedLimit, CheckRule, CheckSubject, CheckSubjectKind } from './evaluation/check-rule.ts'
import { rangeOfLimit, type ThresholdRange, type ThresholdRanges } from './evaluation/range.ts'

/** The limits of the command line; null: not given. */
export interface CheckArguments {
  readonly name: string | null
  readonly warning: ThresholdRange | null
  readonly critical: ThresholdRange | null
  readonly expected: string | null
}

interface Named {
  readonly id: string
  readonly kind: Exclude<CheckSubjectKind, 'nodes' | 'clusters'>
  /** Id and display name. */
  readonly names: readonly string[]
}

/** The subjects to judge. Throws UsageError for an unknown or ambiguous name, or one of the wrong kind. */
export function checkSubjectsOf(
  rule: CheckRule,
  asked: CheckArguments,
  clusters: readonly ClusterState[],
): readonly CheckSubject[] {
  const { name } = asked
  if (name === null) return clusters.flatMap((cluster) => subjectOf(rule, asked, cluster, null, clusters.length > 1))
  const matches = clusters.flatMap((cluster) => {
    const node = nodesOf(cluster).find(({ names, kind }) => names.includes(name) && isAbout(rule, kind))
    return node ? [{ cluster, id: node.id }] : []
  })
  if (matches.length > 1) {
    const where = listText(matches.map(({ cluster }) => cluster.spec.name))
    throw new UsageError(`${name} is in ${where}: say which with --cluster`)
  }
  const [match] = matches
  if (match) return subjectOf(rule, asked, match.cluster, match.id, false)
  const whole = clusters.find(({ spec }) => spec.name === name)
  if (whole) return subjectOf(rule, asked, whole, null, false)
  throw new UsageError(unknownName(name, rule, clusters))
}

function isAbout({ subjectKind }: CheckRule, kind: Named['kind']): boolean {
  return subjectKind === kind || subjectKind === 'nodes'
}

function nodesOf({ databases, servers, spec }: ClusterState): readonly Named[] {
  const named =
    (kind: Named['kind']) =>
    (record: { readonly spec: { readonly id: string }; readonly displayName: string }): Named => ({
      id: record.spec.id,
      kind,
      names: [record.spec.id, record.displayName],
    })
  const hosts = spec.hosts.map(({ id }): Named => ({ id, kind: 'hosts', names: [id] }))
  const { poolers = [], proxies = [], addresses = [] } = spec
  const entryPoints = [...poolers, ...proxies, ...addresses].map(
    ({ id }): Named => ({ id, kind: 'entry points', names: [id] }),
  )
  return [...databases.map(named('databases')), ...servers.map(named('servers')), ...entryPoints, ...hosts]
}

function unknownName(name: string, rule: CheckRule, clusters: readonly ClusterState[]): string {
  const nodes = clusters.flatMap(nodesOf)
  const known = nodes.filter(({ kind }) => isAbout(rule, kind)).map(({ id }) => id)
  const names = [...new Set([...known, ...clusters.map(({ spec }) => spec.name)])].join(', ')
  const other = nodes.find(({ names: of }) => of.includes(name))
  if (other) return `${name} is one of the ${other.kind}, this check applies to ${rule.subjectKind}; it takes ${names}`
  return `${name} is unknown; this check takes ${names}`
}

function subjectOf(
  rule: CheckRule,
  asked: CheckArguments,
  cluster: ClusterState,
  only: string | null,
  several: boolean,
): readonly CheckSubject[] {
  const { picture } = cluster
  if (!picture) return []
  const isMeant = ({ id }: { readonly id: string }) => only === null || id === only
  const prefix = several ? `${cluster.spec.name}/` : ''
  return [
    {
      cluster,
      picture,
      databases: picture.databases.filter(isMeant),
      servers: picture.servers.filter(isMeant),
      entryPoints: picture.entryPoints.filter(isMeant),
      hosts: picture.hosts.filter(isMeant),
      node: only,
      expected: asked.expected,
      ranges: rule.limit && rangesOf(rule.limit, rule.limit.limits(cluster.spec.thresholds), asked),
      prefix,
      title: (id) => `${prefix}${displayNameOf(picture, id)}`,
    },
  ]
}

function rangesOf({ unit, worse }: CheckedLimit, limits: Limits, asked: CheckArguments): ThresholdRanges {
  const warning = asked.warning ?? rangeOfLimit(limits.warning, unit, worse)
  const critical = asked.critical ?? rangeOfLimit(limits.critical, unit, worse)
  const crossed =
    warning.limit !== null &&
    critical.limit !== null &&
    (worse === 'higher' ? warning.limit > critical.limit : warning.limit < critical.limit)
  // A critical limit alone would leave no warning; a warning limit alone would never be reached.
  if (crossed && asked.warning) {
    const whose = asked.critical ? 'the other way round?' : 'the cluster’s own: give -c as well'
    throw new UsageError(`the warning ${warning.words} is beyond the critical ${critical.words}, ${whose}`)
  }
  return { warning, critical }
}
