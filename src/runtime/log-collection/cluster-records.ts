// pgdeck's own records of a cluster for an archive: status, events and audit log of a period, without secrets.

import { readAuditLog } from '../../io/audit/audit-log-reader.ts'
import type { Archive } from '../../io/files/archive.ts'
import type { AuditEntry } from '../../model/events/audit-entry.ts'
import type { OmittedLog } from '../../model/logs/collection.ts'
import { redactAll } from '../../model/logs/redact.ts'
import type { ClusterEvent } from '../../model/picture/picture.ts'
import { subjectText } from '../../model/picture/subject.ts'
import { messageOf } from '../../model/values/fault.ts'
import { clean, safeJson } from '../../model/values/text.ts'
import { statusDocument } from '../../state/documents/status-json.ts'
import type { State } from '../../state/state.ts'

export interface ClusterRecords {
  readonly status: unknown
  /** State changes of the audit log, the oldest first, and those that only this session has. */
  readonly events: readonly RecordedEvent[]
  /** The actions of people, and automatic ones. */
  readonly audit: readonly AuditEntry[]
  readonly missing: readonly OmittedLog[]
}

interface RecordedEvent {
  readonly at: number
  readonly subject: string | null
  readonly text: string
}

/** Reads them since an instant in milliseconds. Never throws: what can't be read is missing. */
export async function readClusterRecords(
  state: State,
  cluster: string,
  folder: string,
  since: number,
): Promise<ClusterRecords> {
  const document = statusDocument(state, Date.now())
  const status = { ...document, clusters: document.clusters.filter(({ name }) => name === cluster) }
  const { events = [] } = state.clusters.find(({ spec }) => spec.name === cluster) ?? {}
  try {
    const entries = await readAuditLog({ folder, cluster, since })
    const audit = entries.filter(({ category }) => category !== 'resource')
    const noted = entries
      .filter(({ category }) => category === 'resource')
      .map(({ at, server, what }) => ({ at, subject: server, text: what }))
    return { status, events: merged(noted, events, since), audit, missing: [] }
  } catch (error) {
    const why = clean(messageOf(error))
    return { status, events: merged([], events, since), audit: [], missing: [{ what: 'the audit log', why }] }
  }
}

/** This session may have written its events to the audit log already. */
function merged(
  noted: readonly RecordedEvent[],
  happenings: readonly ClusterEvent[],
  since: number,
): readonly RecordedEvent[] {
  const known = new Set(noted.map(({ at, text }) => `${at} ${text}`))
  const own = happenings
    .filter(({ at, text }) => at >= since && !known.has(`${at} ${clean(text)}`))
    .map(({ at, subject, text }) => ({ at, subject: subjectText(subject), text: clean(text) }))
  return [...noted, ...own].sort((a, b) => a.at - b.at)
}

/** Adds status.json, events.json and audit.json. Throws FileError. */
export async function addRecordsToArchive(archive: Archive, folder: string, records: ClusterRecords): Promise<void> {
  const { status, events, audit } = records
  const dated = (list: readonly { readonly at: number }[]) =>
    list.map((entry) => ({ ...entry, at: new Date(entry.at).toISOString() }))
  await addDocumentToArchive(archive, `${folder}/status.json`, redactedJson(status))
  await addDocumentToArchive(archive, `${folder}/events.json`, redactedJson(dated(events)))
  await addDocumentToArchive(archive, `${folder}/audit.json`, redactedJson(dated(audit)))
}

/** Returns a document as JSON without secrets. */
export function redactedJson(value: unknown): string {
  return `${safeJson(redactAll(value), 2)}\n`
}

/** Adds a document to the archive. Throws FileError. */
export async function addDocumentToArchive(archive: Archive, name: string, text: string): Promise<void> {
  const { failure } = await archive.add({ name, modifiedAt: Date.now() }, once(text))
  if (failure !== null) throw failure
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}
