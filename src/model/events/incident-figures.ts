// The highest figures of a cluster in recorded time, for a report.

import type { DatabaseView, LinkView, Picture } from '../picture/picture.ts'

/** Bytes and seconds behind the upstream; sessions; seconds without being active. */
type RecordedFigureKind = 'lag-bytes' | 'lag-seconds' | 'sessions' | 'inactive-seconds'

export interface RecordedFigure {
  /** Id of the node. */
  readonly subject: string
  readonly figure: RecordedFigureKind
  readonly highest: number
  /** When it was the highest, in milliseconds since the epoch. */
  readonly at: number
  /** The last known one. */
  readonly last: number
}

export interface FigureSummary {
  /** Takes the next moment, in the order of time. */
  add(picture: Picture): void
  /** Nothing is known of the time until the next moment: an outage that was going on has not lasted through it. */
  gap(): void
  figures(): readonly RecordedFigure[]
}

/** Sums up the moments of one cluster. An unknown figure counts as nothing. */
export function createFigureSummary(): FigureSummary {
  const found = new Map<string, RecordedFigure>()
  const inactiveSince = new Map<string, number>()
  const note = (subject: string, figure: RecordedFigureKind, value: number | null, at: number) => {
    if (value === null) return
    const key = `${figure} ${subject}`
    const known = found.get(key)
    const highest = known && known.highest >= value ? known : { subject, figure, highest: value, at }
    found.set(key, { ...highest, last: value })
  }
  const noteOutage = ({ id, status }: Pick<DatabaseView, 'id'> & { readonly status: string }, at: number) => {
    if (status !== 'inactive') {
      if (inactiveSince.delete(id)) note(id, 'inactive-seconds', 0, at)
      return
    }
    const since = inactiveSince.get(id) ?? at
    inactiveSince.set(id, since)
    note(id, 'inactive-seconds', (at - since) / 1_000, at)
  }
  return {
    add({ at, databases, servers, links }) {
      for (const link of links) noteLag(link, (figure, value) => note(nameOf(link), figure, value, at))
      for (const database of databases) {
        note(database.id, 'sessions', database.sessions?.total ?? null, at)
        noteOutage(database, at)
      }
      for (const server of servers) {
        note(server.id, 'sessions', server.sessions, at)
        noteOutage(server, at)
      }
    },
    gap: () => inactiveSince.clear(),
    figures: () => [...found.values()].sort((one, other) => order(one) - order(other)),
  }
}

function noteLag({ lag }: LinkView, note: (figure: RecordedFigureKind, value: number | null) => void): void {
  note('lag-bytes', lag.bytes)
  note('lag-seconds', lag.seconds)
}

function nameOf({ downstreamId, downstreamName }: LinkView): string {
  return downstreamId ?? downstreamName
}

const ORDER: readonly RecordedFigureKind[] = ['inactive-seconds', 'lag-bytes', 'lag-seconds', 'sessions']

function order({ figure }: RecordedFigure): number {
  return ORDER.indexOf(figure)
}
