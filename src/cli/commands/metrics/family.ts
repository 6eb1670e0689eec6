// What a metric is: its name with its unit, its labels, and which samples a cluster has of it.

import type { DatabaseView, Picture, ServerView } from '../../../model/picture/picture.ts'

export type Labels = Readonly<Record<string, string>>

export interface Sample {
  readonly labels: Labels
  readonly value: number
}

/** A gauge. Seconds, bytes and instants (seconds since 1970) are said in the name. */
export interface Family {
  readonly name: `pgdeck_${string}`
  readonly help: string
  /** Besides `cluster`, which all have. */
  readonly labels: readonly string[]
  samples(picture: Picture): readonly Sample[]
}

/** A sample, unless its value is not known: unknown is left out, never 0. */
export function known(value: number | bigint | null | undefined, labels: Labels): readonly Sample[] {
  return value === null || value === undefined ? [] : [{ labels, value: Number(value) }]
}

/** A figure of every database as of its last poll; one that failed has none. */
export function ofDatabases(figure: (view: DatabaseView) => number | bigint | null | undefined): Family['samples'] {
  return ({ databases }) =>
    databases
      .filter(({ problem, readAt }) => problem === null && readAt !== null)
      .flatMap((view) => known(figure(view), { node: view.id }))
}

/** A figure of every server as of its last poll. */
export function ofServers(figure: (view: ServerView) => number | null | undefined): Family['samples'] {
  return ({ servers }) => servers.flatMap((view) => known(figure(view), { server: view.id }))
}
