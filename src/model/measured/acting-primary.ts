// What is kept of a cluster while a standby acts as its primary until a restore, as a profile's way back has it: who acts,
// since when, and what must not start before the backup of the acting one is restored.

export interface ActingPrimary {
  /** Id of the database that was promoted, and of the server over it; null where the config has none. */
  readonly database: string
  readonly server: string | null
  /** Milliseconds since the epoch. */
  readonly since: number
  /** The run that made it so. */
  readonly run: string
  readonly timeline: number | null
  /** Of the system that it is a copy of; null: not known. Another one by that name is none of this. */
  readonly systemIdentifier: string | null
  /** Recovery was ended without a new timeline: two histories that pg_rewind can't tell apart. */
  readonly sameTimeline: boolean
  /** What took writes before: none of these may start before the restore. */
  readonly former: { readonly databases: readonly string[]; readonly servers: readonly string[] }
  /** Id of the former database that a failback is restoring now: it starts by its doing. */
  readonly restoring: string | null
  /** When the backup was restored and verified; null: not yet. */
  readonly restoredAt: number | null
  /** What it held when it was stopped for the restore; null before. */
  readonly held: ContentSummary | null
}

/** What of a database can be compared with its restored copy, whatever the tool restored it by. */
export interface ContentSummary {
  readonly at: number
  readonly lsn: string
  readonly timeline: number
  readonly systemIdentifier: string
  readonly tables: number
  /** Size of the databases in bytes. */
  readonly bytes: number
  /** Rows by table, as far as this role may count them; absent: not counted. */
  readonly rows?: Readonly<Record<string, number>>
}

/** By the name of the cluster. */
export type ActingPrimaries = Readonly<Record<string, ActingPrimary>>

/** What a file holds; entries of another form, as an older or newer version may have written them, are left out. */
export function parseActingPrimaries(content: unknown): ActingPrimaries {
  if (!isRecord(content)) return {}
  return Object.fromEntries(
    Object.entries(content).flatMap(([cluster, entry]) => {
      const primary = actingOf(entry)
      return primary ? [[cluster, primary] as const] : []
    }),
  )
}

function actingOf(entry: unknown): ActingPrimary | null {
  if (!isRecord(entry)) return null
  const { database, since, former } = entry
  if (typeof database !== 'string' || typeof since !== 'number' || !isRecord(former)) return null
  return {
    database,
    server: textOr(entry.server),
    since,
    run: textOr(entry.run) ?? '',
    timeline: numberOr(entry.timeline),
    systemIdentifier: textOr(entry.systemIdentifier),
    sameTimeline: entry.sameTimeline === true,
    former: { databases: texts(former.databases), servers: texts(former.servers) },
    restoring: textOr(entry.restoring),
    restoredAt: numberOr(entry.restoredAt),
    held: holdings(entry.held),
  }
}

function holdings(entry: unknown): ContentSummary | null {
  if (!isRecord(entry)) return null
  const { at, lsn, timeline, systemIdentifier, tables, bytes } = entry
  const numbers = [at, timeline, tables, bytes].every((each) => typeof each === 'number')
  if (!numbers || typeof lsn !== 'string' || typeof systemIdentifier !== 'string') return null
  return {
    at: Number(at),
    lsn,
    timeline: Number(timeline),
    systemIdentifier,
    tables: Number(tables),
    bytes: Number(bytes),
    ...(isRecord(entry.rows) ? { rows: numbersIn(entry.rows) } : {}),
  }
}

function numbersIn(entry: Readonly<Record<string, unknown>>): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(entry).flatMap(([name, count]) => (typeof count === 'number' ? [[name, count]] : [])),
  )
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function textOr(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

function numberOr(value: unknown): number | null {
  return typeof value === 'number' ? value : null
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
}
