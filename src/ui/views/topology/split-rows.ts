// Divides the rows of the screen among the panes of the topology: events shrink first, then gaps, then titles.

export interface PaneRowCounts {
  /** null: the cluster has no servers, hence no pane for them. */
  readonly servers: number | null
  readonly databases: number
  readonly events: number
}

export interface PaneHeights {
  /** Rows of data, titles not counted. */
  readonly servers: number | null
  readonly databases: number
  /** Rows of the events pane with its title; 0: no pane. */
  readonly events: number
  readonly gaps: boolean
  /** False: a pane's title has no line of its own. */
  readonly titles: boolean
}

/** The smallest useful events pane has a title and three rows; with fewer, the tables get them. */
const EVENTS_LEAST = 4
const EVENTS_SMALL = 2

/** Divides `rows` lines. Tables get what they need, in proportion if there is not enough; events get the rest. */
export function splitRows(counts: PaneRowCounts, rows: number): PaneHeights {
  const panes = counts.servers === null ? 1 : 2
  const wanted = Math.max(1, counts.databases) + (counts.servers === null ? 0 : Math.max(1, counts.servers))
  const attempts = [
    { gaps: true, titles: true, events: EVENTS_LEAST },
    { gaps: false, titles: true, events: EVENTS_LEAST },
    { gaps: false, titles: true, events: EVENTS_SMALL },
    { gaps: false, titles: true, events: 0 },
    { gaps: false, titles: false, events: 0 },
  ]
  for (const { gaps, titles, events } of attempts) {
    const fixed = panes * (titles ? 2 : 1) + (gaps ? panes - (events > 0 ? 0 : 1) : 0)
    const room = rows - fixed - events
    // Many rows scroll in any case: half of the screen is enough for them.
    if (room < Math.min(wanted, Math.floor(rows / 2))) continue
    const data = divide(counts, Math.min(room, wanted))
    return { ...data, events: events === 0 ? 0 : events + Math.max(0, room - wanted), gaps, titles }
  }
  return { ...divide(counts, Math.max(panes, rows - panes)), events: 0, gaps: false, titles: false }
}

function divide({ servers, databases }: PaneRowCounts, room: number): { servers: number | null; databases: number } {
  if (servers === null) return { servers: null, databases: room }
  const half = Math.floor(room / 2)
  const least = Math.max(1, servers)
  const most = Math.max(1, databases)
  // A pane that needs less than half gets what it needs.
  if (least <= half) return { servers: least, databases: room - least }
  if (most <= room - half) return { servers: room - most, databases: most }
  return { servers: half, databases: room - half }
}
