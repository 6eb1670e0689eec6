// Verifies whose data were received: compares the server's answers and the copy's own files with the planned server.

import type { WalSenderSession } from '../../io/base-backup/walsender-session.ts'
import type { HostConnection } from '../../io/hosts/host-connection.ts'
import { isSameSystem } from '../../model/measured/server-identity.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import { isWritable } from '../../model/picture/roles.ts'
import { OtherServerError } from '../../model/runs/action-error.ts'
import * as arg from '../definition/step-arguments.ts'
import { readControlFile } from '../hosts/control-file.ts'

/** The server that will be copied, as read for the plan. */
export interface CopyOrigin {
  readonly system: string
  readonly port: number
  readonly timeline: number
  readonly isPrimary: boolean
}

const HINT = 'The old data is kept. Check which server primary_conninfo reaches from its host, then plan again.'
const REWOUND_HINT =
  'Its data is no longer usable, and could start only as a standby. Check which server primary_conninfo reaches from its host, then rebuild it: pgdeck do rebuild-replica.'

/** The origin as arguments of a step; null if the server could not be read. */
export const copyOriginShape = () => ({
  originSystem: arg.optionalText(),
  originPort: arg.optionalNumber(),
  originTimeline: arg.optionalNumber(),
  originIsPrimary: arg.flag(),
})

export interface CopyOriginArguments {
  readonly originSystem: string | null
  readonly originPort: number | null
  readonly originTimeline: number | null
  readonly originIsPrimary: boolean
}

/** Defaults for arguments of their first form, which may lack the origin. */
export const UNKNOWN_ORIGIN: CopyOriginArguments = {
  originSystem: null,
  originPort: null,
  originTimeline: null,
  originIsPrimary: false,
}

export function copyOriginArguments(upstream: DatabaseView): CopyOriginArguments {
  const { identity, timeline } = upstream
  if (!identity || timeline === null) return UNKNOWN_ORIGIN
  return {
    originSystem: identity.systemIdentifier,
    originPort: identity.port,
    originTimeline: timeline,
    originIsPrimary: isWritable(upstream),
  }
}

/** null if it could not be read. */
export function copyOriginIn(args: CopyOriginArguments): CopyOrigin | null {
  const { originSystem: system, originPort: port, originTimeline: timeline, originIsPrimary: isPrimary } = args
  return system === null || port === null || timeline === null ? null : { system, port, timeline, isPrimary }
}

/** Throws OtherServerError if that very session leads to another server, before anything is requested from it. */
export async function requireCopyOrigin(session: WalSenderSession, origin: CopyOrigin | null): Promise<void> {
  if (!origin) return
  requireOriginAnswer(await session.identify(), origin)
}

/** The same for the session of another program. */
export function requireOriginAnswer(answering: AnsweringServer, origin: CopyOrigin): void {
  const { systemIdentifier, port, timeline } = answering
  const isOfSystem = isSameSystem(answering, { systemIdentifier: origin.system })
  if (isOfSystem && port === origin.port && isTimelineOf(timeline, origin)) return
  const words = `system ${systemIdentifier}, port ${port}, timeline ${timeline}`
  throw new OtherServerError(`another server answers than the one to copy: ${originText(origin)}, not ${words}`, HINT)
}

export interface AnsweringServer {
  readonly systemIdentifier: string
  readonly port: number
  readonly timeline: number
}

/**
 * Throws OtherServerError if the data in a folder are of another system or timeline than the planned server, or if a
 * copy says that it was made from a standby and not from a primary. An address may lead to one server from here, and to
 * another one from that host a moment later: only the received data decide.
 */
export async function requireCopiedFrom(
  origin: CopyOrigin | null,
  folder: string,
  connection: HostConnection,
  signal: AbortSignal,
  by: 'copy' | 'rewind' = 'copy',
): Promise<void> {
  if (!origin) return
  const hint = by === 'copy' ? HINT : REWOUND_HINT
  const control = await readControlFile(connection, folder, signal)
  if (!control)
    throw new OtherServerError(
      `which server the data in ${folder} is from is unknown: it has no readable pg_control`,
      hint,
    )
  const { systemIdentifier, timeline } = control
  if (!isSameSystem(control, { systemIdentifier: origin.system }) || !isTimelineOf(timeline, origin)) {
    const actual = `system ${systemIdentifier}, timeline ${timeline}`
    throw new OtherServerError(`the received data is from another server: ${actual}, not ${originText(origin)}`, hint)
  }
  // pg_rewind always writes that it was a standby.
  if (by === 'rewind') return
  const label = await connection.readFile(`${folder}/backup_label`, { signal })
  const from = /^BACKUP FROM: (primary|standby)$/m.exec(label?.text ?? '')?.[1] ?? null
  if (from === null || (from === 'primary') === origin.isPrimary) return
  throw new OtherServerError(
    `the received data is from another server: from a ${from}, and the plan copies a ${origin.isPrimary ? 'primary' : 'standby'}`,
    hint,
  )
}

/** The control file of a standby may name an older timeline than the one it replays. */
function isTimelineOf(timeline: number, origin: CopyOrigin): boolean {
  return origin.isPrimary ? timeline === origin.timeline : timeline <= origin.timeline
}

function originText({ system, port, timeline }: CopyOrigin): string {
  return `system ${system}, port ${port}, timeline ${timeline}`
}
