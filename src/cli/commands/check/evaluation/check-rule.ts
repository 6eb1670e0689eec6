// What a check is made of: what it is about, which limits it takes, and how it judges one cluster.

import type { Limits, Thresholds } from '../../../../model/measured/spec.ts'
import type { DatabaseView, HostView, Picture, ServerView } from '../../../../model/picture/picture.ts'
import type { ClusterState } from '../../../../state/state.ts'
import type { FigureUnit, ThresholdRanges, WorseDirection } from './range.ts'
import type { PluginFinding } from './result.ts'

/** One cluster, or one node of it, after a poll. */
export interface CheckSubject {
  readonly cluster: ClusterState
  readonly picture: Picture
  /** The databases and servers that are judged: all, or the one that was named. */
  readonly databases: readonly DatabaseView[]
  readonly servers: readonly ServerView[]
  readonly hosts: readonly HostView[]
  /** Id of the node that was named; null when the whole cluster is judged. */
  readonly node: string | null
  /** What `--expect` says. */
  readonly expected: string | null
  /** The limits in force; rules without a figure have none. */
  readonly ranges: ThresholdRanges | null
  /** What stands before names where several clusters are judged: `vault/`; else empty. */
  readonly prefix: string
  /** Name of a node to print, with its cluster's where there are several. */
  title(id: string): string
}

/** A figure that a check holds against limits. */
export interface CheckedLimit {
  readonly unit: FigureUnit
  readonly worse: WorseDirection
  /** Where the limits come from that are not given, for the documentation. */
  readonly source: string
  limits(thresholds: Thresholds): Limits
}

export type CheckSubjectKind = 'databases' | 'servers' | 'hosts' | 'nodes' | 'clusters'

export interface CheckRule {
  /** What stands before the findings. */
  readonly title: string
  /** One or two sentences for the documentation: what is judged, and how. */
  readonly explains: string
  /** What may be named; a cluster always may. */
  readonly subjectKind: CheckSubjectKind
  readonly limit: CheckedLimit | null
  /** What `--expect` takes; null: nothing. Throws UsageError for anything else. */
  readonly expectation: { readonly what: string; check(text: string): void } | null
  evaluate(subject: CheckSubject): readonly PluginFinding[]
  /** Said, as unknown, when there is nothing to judge. */
  readonly emptyText: string
}
