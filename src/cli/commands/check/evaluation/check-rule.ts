// The parts of a check: its subjects, its limits, and how it judges one cluster.

import type { EntryPointView } from '../../../../model/measured/entry-points/entry-point-view.ts'
import type { Limits, Thresholds } from '../../../../model/measured/spec.ts'
import type { DatabaseView, HostView, Picture, ServerView } from '../../../../model/picture/picture.ts'
import type { ClusterState } from '../../../../state/state.ts'
import type { FigureUnit, ThresholdRanges, WorseDirection } from './range.ts'
import type { PluginFinding } from './result.ts'

/** One cluster, or one node of it, after a poll. */
export interface CheckSubject {
  readonly cluster: ClusterState
  readonly picture: Picture
  /** The databases and servers to judge: all, or the one that was named. */
  readonly databases: readonly DatabaseView[]
  readonly servers: readonly ServerView[]
  readonly entryPoints: readonly EntryPointView[]
  readonly hosts: readonly HostView[]
  /** Id of the node that was named; null if the whole cluster is judged. */
  readonly node: string | null
  /** The value of `--expect`. */
  readonly expected: string | null
  /** The limits in force. A rule without figures has none. */
  readonly ranges: ThresholdRanges | null
  /** The prefix of names if several clusters are judged: `vault/`; else empty. */
  readonly prefix: string
  /** Name of a node to print, with its cluster's name if there are several. */
  title(id: string): string
}

/** A figure that a check compares with limits. */
export interface CheckedLimit {
  readonly unit: FigureUnit
  readonly worse: WorseDirection
  /** The source of the default limits, for the documentation. */
  readonly source: string
  limits(thresholds: Thresholds): Limits
}

export type CheckSubjectKind = 'databases' | 'servers' | 'entry points' | 'hosts' | 'nodes' | 'clusters'

export interface CheckRule {
  /** The text before the findings. */
  readonly title: string
  /** One or two sentences for the documentation: what is judged, and how. */
  readonly explains: string
  /** The kinds of subject that NAME may be. A cluster always may be named. */
  readonly subjectKind: CheckSubjectKind
  readonly limit: CheckedLimit | null
  /** Parses `--expect`; null: the check takes none. Throws UsageError for a wrong value. */
  readonly expectation: { readonly what: string; check(text: string): void } | null
  evaluate(subject: CheckSubject): readonly PluginFinding[]
  /** The text of the result, unknown, if there is nothing to judge. */
  readonly emptyText: string
}
