// What a metric is: its name with its unit, its labels, and which samples a cluster has of it.

import type { DatabaseView, Picture, ServerView } from '../../../model/picture/picture.ts'

export type MetricLabels = Readonly<Record<string, string>>

export interface MetricSample {
  readonly labels: MetricLabels
  readonly value: number
}

/** A gauge. Seconds, bytes and instants (seconds since 1970) are said in the name. */
export interface MetricFamily {
  readonly name: `pgdeck_${string}`
  readonly help: string
  /** Besides `cluster`, which all have. */
  readonly labels: readonly string[]
  samples(picture: Picture): readonly MetricSample[]
}

/** A sample, unless its value is not known: unknown is left out, never 0. */
export function knownSample(value: number | bigint | null | undefined, labels: MetricLabels): readonly MetricSample[] {
  return value === null || value === undefined ? [] : [{ labels, value: Number(value) }]
}

/** Whether its last poll was answered: figures and facts of one that was not are those of another moment. */
export function isReadNow({ problem, readAt }: DatabaseView): boolean {
  return problem === null && readAt !== null
}

/** A figure of every database as of its last poll; one that failed has none. */
export function databaseSamples(
  figure: (view: DatabaseView) => number | bigint | null | undefined,
): MetricFamily['samples'] {
  return ({ databases }) => databases.filter(isReadNow).flatMap((view) => knownSample(figure(view), { node: view.id }))
}

/** A figure of every server as of its last poll. */
export function serverSamples(figure: (view: ServerView) => number | null | undefined): MetricFamily['samples'] {
  return ({ servers }) => servers.flatMap((view) => knownSample(figure(view), { server: view.id }))
}
