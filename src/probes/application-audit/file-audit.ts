// Reads the audit of an application from a file on a host: its end at first, then what was added, across rotation.

import { hostByItsAccount } from '../../config/host.ts'
import { type HostConnection, openHostConnection } from '../../io/hosts/host-connection.ts'
import type { InspectedEntry, InspectedFolder } from '../../io/hosts/inspect-folder.ts'
import type { ApplicationAuditReading, AuditPosition } from '../../model/application-audit/entry.ts'
import { parseRecords, type RecordForm } from '../../model/application-audit/parse-records.ts'
import { whyFileNotTrusted, whyLinkNotFollowed } from '../../model/logs/log-trust.ts'
import type { AccessibleHost } from '../probe.ts'
import { auditFault, requireEntries } from './audit-fault.ts'
import { readClockAhead } from './host-clock.ts'

export interface FileAuditRequest {
  readonly host: AccessibleHost
  readonly file: string
  readonly form: RecordForm
  readonly position: AuditPosition | null
}

/** The most that one reading takes, of the newest. */
const MOST_BYTES = 512 * 1024
const MOST_LINKS = 3
/** Rotated files that are read whole between two readings. */
const MOST_BETWEEN = 4
/** A last line without a line break is whole if nothing was written since. */
const SETTLED_MS = 5_000

/** Throws FaultError. */
export async function readFileAudit(request: FileAuditRequest, signal: AbortSignal): Promise<ApplicationAuditReading> {
  const { host, file, form, position: before } = request
  const connection = openHostConnection(hostByItsAccount(host.config), { ssh: host.ssh })
  try {
    const clock = await readClockAhead(connection, signal)
    const place = await findFile(connection, file, signal)
    const parts = partsToRead(place, before)
    const contents: Buffer[] = []
    for (const part of parts) contents.push(await readPart(connection, part, signal))
    const { text, bytes } = wholeLines(contents, parts, Date.now() + (clock ?? 0))
    const records = parseRecords(text, form)
    // Later readings may bring a part of an entry alone, such as the lines of an exception.
    const isFirst = before?.kind !== 'file' || before.bytes === 0
    const parsed = isFirst ? requireEntries(records, `${file} on ${host.config.id}`) : records
    const current = parts.at(-1)
    return {
      entries: parsed.entries,
      isWhole: false,
      clockAheadMs: clock,
      unreadable: parsed.unreadable,
      leftOut: parts.some(({ leavesOut }) => leavesOut),
      position: current
        ? { kind: 'file', device: current.entry.device, inode: current.entry.inode, bytes: current.from + bytes }
        : before,
    }
  } finally {
    await connection.close()
  }
}

interface Place {
  readonly path: string
  readonly folder: InspectedFolder
  readonly current: InspectedEntry
}

/** The file with its folder. A link to it is followed if root or this user made it: products rotate by such links. */
async function findFile(connection: HostConnection, file: string, signal: AbortSignal, links = 0): Promise<Place> {
  const where = `${file} on ${connection.name}`
  const folderPath = file.slice(0, file.lastIndexOf('/')) || '/'
  const folder = await connection.inspect(folderPath, { signal })
  if (!folder) throw auditFault(`there is no folder ${folderPath} on ${connection.name}`, CHECK_FILE)
  const current = folder.entries.find(({ name }) => name === file.slice(file.lastIndexOf('/') + 1))
  if (!current) throw auditFault(`there is no file ${where}`, CHECK_FILE)
  if (current.kind === 'link' && links < MOST_LINKS && (current.uid === 0 || current.uid === folder.uid)) {
    const { stdout } = await connection.run(['readlink', '--', file], { signal })
    const target = stdout.replace(/\n$/, '')
    return findFile(connection, target.startsWith('/') ? target : `${folder.path}/${target}`, signal, links + 1)
  }
  if (current.kind !== 'file') throw auditFault(`${where} is no file that pgdeck reads: ${current.kind}`, CHECK_FILE)
  const why = whyLinkNotFollowed(folder.linkOwners, folder) ?? whyFileNotTrusted(current, false, folder)
  if (why !== null) throw auditFault(`${where} is not read: ${why}`, 'Give the file and its folder the same owner.')
  return { path: file, folder, current }
}

const CHECK_FILE = 'Check `audit.file` of the server in the config.'

interface Part {
  readonly path: string
  readonly entry: InspectedEntry
  /** The first byte that is read. */
  readonly from: number
  /** True if the part may begin in the middle of a line. */
  readonly isCut: boolean
  /** True if something before it is not read. */
  readonly leavesOut: boolean
}

/** The oldest first; the last one is of the current file. */
function partsToRead({ path, folder, current }: Place, before: AuditPosition | null): readonly Part[] {
  const beside = (entry: InspectedEntry) => `${path.slice(0, path.lastIndexOf('/'))}/${entry.name}`
  const part = (entry: InspectedEntry, after: number, limit: number): Part => {
    const from = Math.max(after, entry.size - limit)
    return { path: beside(entry), entry, from, isCut: from > after, leavesOut: from > after }
  }
  if (before?.kind !== 'file') return firstParts(part, folder, current)
  const isSame = (entry: InspectedEntry) => entry.device === before.device && entry.inode === before.inode
  if (isSame(current) && current.size >= before.bytes) return [part(current, before.bytes, MOST_BYTES)]
  const renamed = folder.entries.find((entry) => entry.kind === 'file' && isSame(entry) && entry.size >= before.bytes)
  const now = part(current, 0, MOST_BYTES)
  // A file that was emptied, and goes on, begins anew: what was added before that is not known.
  if (!renamed) return [{ ...now, leavesOut: true }]
  const later = rotatedFiles(folder, current).filter(
    (entry) => entry !== renamed && entry.modifiedAt >= renamed.modifiedAt,
  )
  const between = later.filter((entry) => !isCompressed(entry) && entry.modifiedAt > renamed.modifiedAt)
  const read = between.slice(0, MOST_BETWEEN).toReversed()
  const first = part(renamed, before.bytes, MOST_BYTES)
  const leavesOut = first.leavesOut || later.length > read.length
  return [{ ...first, leavesOut }, ...read.map((entry) => part(entry, 0, MOST_BYTES)), now]
}

/** At first the end of the file, and before it that of the newest rotated one, if there is room for it. */
function firstParts(
  part: (entry: InspectedEntry, after: number, limit: number) => Part,
  folder: InspectedFolder,
  current: InspectedEntry,
): readonly Part[] {
  const room = MOST_BYTES - current.size
  const newest = rotatedFiles(folder, current).find((entry) => !isCompressed(entry))
  const now = part(current, 0, MOST_BYTES)
  return room > 0 && newest ? [part(newest, 0, room), now] : [now]
}

/** The newest first, without those that another user may have put there. */
function rotatedFiles(folder: InspectedFolder, current: InspectedEntry): readonly InspectedEntry[] {
  return folder.entries
    .filter(({ name, kind, uid }) => kind === 'file' && uid === current.uid && isRotatedName(name, current.name))
    .filter((entry) => whyFileNotTrusted(entry, false, folder) === null)
    .toSorted((one, other) => other.modifiedAt - one.modifiedAt)
}

function isCompressed({ name }: InspectedEntry): boolean {
  return /\.(?:gz|bz2|xz|zst|zip)$/.test(name)
}

/** `audit.log.1`, `audit.log-20261130`, `audit-2026-11-30.log` of `audit.log`. */
function isRotatedName(name: string, current: string): boolean {
  const dot = current.lastIndexOf('.')
  const [stem, end] = dot > 0 ? [current.slice(0, dot), current.slice(dot)] : [current, '']
  const isAfter = (from: string) => name.startsWith(from) && /^[.-]\d/.test(name.slice(from.length))
  return isAfter(current) || (isAfter(stem) && name.endsWith(end))
}

async function readPart(connection: HostConnection, part: Part, signal: AbortSignal): Promise<Buffer> {
  const maxBytes = part.entry.size - part.from
  if (maxBytes <= 0) return Buffer.alloc(0)
  const chunks: Uint8Array[] = []
  const bytes = connection.stream(part.path, { signal, maxBytes, fromByte: part.from, expected: part.entry })
  for await (const chunk of bytes) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** The lines that are whole, and how many bytes of the current file they end at: its last line may be unfinished. */
function wholeLines(contents: readonly Buffer[], parts: readonly Part[], now: number) {
  let bytes = 0
  const texts = contents.map((content, index) => {
    const part = parts[index]
    const from = part?.isCut ? content.indexOf(LINE_BREAK) + 1 : 0
    const isSettled = index < contents.length - 1 || (part && now - part.entry.modifiedAt > SETTLED_MS)
    bytes = isSettled ? content.length : content.lastIndexOf(LINE_BREAK) + 1
    return content.toString('utf8', from, Math.max(from, bytes))
  })
  return { text: texts.join('\n'), bytes }
}

const LINE_BREAK = 0x0a
