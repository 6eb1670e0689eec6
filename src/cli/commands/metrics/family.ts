// A metric: its name with its unit, its labels, and its samples for a cluster.

import type { DatabaseView, Picture, ServerView } from '../../../model/picture/picture.ts'

export type MetricLabels = Readonly<Record<string, string>>

export interface MetricSample {
  readonly labels: MetricLabels
  readonly value: number
}

/** Its name ends in its unit: seconds, bytes, or seconds since 1970 for an instant; that of a counter in `_total`. */
export interface MetricFamily {
  /** Absent: a gauge. */
  readonly type?: 'counter'
  readonly name: `pgdeck_${string}`
  readonly help: string
  /** Labels besides `cluster`, which every metric has. */
  readonly labels: readonly string[]
  samples(picture: Picture): readonly MetricSample[]
}

/** A sample, if its value is known. An unknown value has no sample, never 0. */
export function knownSample(value: number | bigint | null | undefined, labels: MetricLabels): readonly MetricSample[] {
  return value === null || value === undefined ? [] : [{ labels, value: Number(value) }]
}

/** Whether its last poll was answered. After a failed poll the figures are of an earlier moment. */
export function isReadNow({ problem, readAt }: DatabaseView): boolean {
  return problem === null && readAt !== null
}

/** A figure of every database as of its last poll. After a failed poll there is none. */
export function databaseSamples(
  figure: (view: DatabaseView) => number | bigint | null | undefined,
): MetricFamily['samples'] {
  return ({ databases }) => databases.filter(isReadNow).flatMap((view) => knownSample(figure(view), { node: view.id }))
}

/** A figure of every server as of its last poll. */
export function serverSamples(figure: (view: ServerView) => number | null | undefined): MetricFamily['samples'] {
  return ({ servers }) => servers.flatMap((view) => knownSample(figure(view), { server: view.id }))
}
