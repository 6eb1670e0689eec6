// Whose data were received: the answers there and the copy's own files are held against the server that was planned.

import type { WalSenderSession } from '../../io/base-backup/walsender-session.ts'
import type { HostConnection } from '../../io/hosts/host-connection.ts'
import { isSameSystem } from '../../model/measured/server-identity.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import { isWritable } from '../../model/picture/roles.ts'
import { OtherServerError } from '../../model/runs/action-error.ts'
import * as arg from '../definition/step-arguments.ts'
import { readControlFile } from '../hosts/control-file.ts'

/** The server that is to be copied, as it was read when this was planned. */
export interface CopyOrigin {
  readonly system: string
  readonly port: number
  readonly timeline: number
  readonly isPrimary: boolean
}

const HINT = 'The old data is kept. Check which server primary_conninfo reaches from its host, then plan again.'
const REWOUND_HINT =
  'Its data is no longer usable, and could start only as a standby. Check which server primary_conninfo reaches from its host, then rebuild it: pgdeck do rebuild-replica.'

/** It as arguments of a step; null where the server could not be read. */
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

/** What arguments of their first form, which may lack it, are completed by. */
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

/** null where it could not be read. */
export function copyOriginIn(args: CopyOriginArguments): CopyOrigin | null {
  const { originSystem: system, originPort: port, originTimeline: timeline, originIsPrimary: isPrimary } = args
  return system === null || port === null || timeline === null ? null : { system, port, timeline, isPrimary }
}

/** Throws OtherServerError where that very session leads to another server, before anything is asked of it. */
export async function requireCopyOrigin(session: WalSenderSession, origin: CopyOrigin | null): Promise<void> {
  if (!origin) return
  requireOriginAnswer(await session.identify(), origin)
}

/** The same for what another program's session was told. */
export function requireOriginAnswer(found: AnsweringServer, origin: CopyOrigin): void {
  const { systemIdentifier, port, timeline } = found
  const isOfSystem = isSameSystem(found, { systemIdentifier: origin.system })
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
 * Throws OtherServerError where the data in a folder are of another system or timeline than those of the server that was
 * planned, or where a copy says that it was made of a standby and not of a primary. An address may lead to one server from
 * here, and to another one from that host a moment later: what has come tells.
 */
export async function requireCopiedFrom(
  origin: CopyOrigin | null,
  folder: string,
  reach: HostConnection,
  signal: AbortSignal,
  by: 'copy' | 'rewind' = 'copy',
): Promise<void> {
  if (!origin) return
  const hint = by === 'copy' ? HINT : REWOUND_HINT
  const control = await readControlFile(reach, folder, signal)
  if (!control)
    throw new OtherServerError(
      `which server the data in ${folder} is from is unknown: it has no readable pg_control`,
      hint,
    )
  const { systemIdentifier, timeline } = control
  if (!isSameSystem(control, { systemIdentifier: origin.system }) || !isTimelineOf(timeline, origin)) {
    const found = `system ${systemIdentifier}, timeline ${timeline}`
    throw new OtherServerError(`the received data is from another server: ${found}, not ${originText(origin)}`, hint)
  }
  // pg_rewind always says that it was a standby.
  if (by === 'rewind') return
  const label = await reach.readFile(`${folder}/backup_label`, { signal })
  const from = /^BACKUP FROM: (primary|standby)$/m.exec(label?.text ?? '')?.[1] ?? null
  if (from === null || (from === 'primary') === origin.isPrimary) return
  throw new OtherServerError(
    `the received data is from another server: from a ${from}, and the plan copies a ${origin.isPrimary ? 'primary' : 'standby'}`,
    hint,
  )
}

/** The control file of a standby may be of a timeline behind the one that it replays. */
function isTimelineOf(timeline: number, origin: CopyOrigin): boolean {
  return origin.isPrimary ? timeline === origin.timeline : timeline <= origin.timeline
}

function originText({ system, port, timeline }: CopyOrigin): string {
  return `system ${system}, port ${port}, timeline ${timeline}`
}
