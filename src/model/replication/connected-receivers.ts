// Standbys whose receiver is connected to a server that may be a primary: a connection that is there means that a server lives.

import type { WalReceiver } from '../measured/pulse.ts'
import { isSameSystem } from '../measured/server-identity.ts'
import type { DatabaseView, Picture } from '../picture/picture.ts'
import { isReadableStandby, standbyPositionOf } from '../picture/roles.ts'
import { connectsTo, formatEndpoint, serverEndpoints } from '../values/address.ts'
import { clean } from '../values/text.ts'
import { formatAge } from '../values/units.ts'

/** A connected receiver, by its standby's latest reading. */
export interface ConnectedReceiver {
  readonly standbyId: string
  readonly standby: string
  /** Where it is connected, in words: `10.0.0.9:5432`, or that this is hidden. */
  readonly source: string
  /** Id of the watched database that the source is taken for; null where none is. */
  readonly sourceId: string | null
  /** Seconds between the last message and the reading; null where that is hidden from this role. */
  readonly lastMessageAgeSeconds: number | null
}

/**
 * The connected receivers of all standbys of that system which can be read now. Left out is one whose source was read too,
 * is a standby of the same system, and sees that very connection: everything else may be a primary, watched or not.
 */
export function connectedReceivers(picture: Picture, systemIdentifier: string | null): readonly ConnectedReceiver[] {
  return picture.databases.flatMap((view) => {
    if (systemIdentifier !== null && !isSameSystem(view, { systemIdentifier })) return []
    const receiver = walReceiverOf(view)
    if (!receiver || streamsFromStandby(view, receiver, picture)) return []
    const { id: standbyId, name: standby, upstreamId: sourceId } = view
    return [
      {
        standbyId,
        standby,
        source: sourceOf(receiver),
        sourceId,
        lastMessageAgeSeconds: receiver.lastMessageAgeSeconds,
      },
    ]
  })
}

/** The receiver of a standby that can be read now; null where it has none. */
function walReceiverOf(view: DatabaseView): WalReceiver | null {
  return isReadableStandby(view) ? (standbyPositionOf(view)?.receiver ?? null) : null
}

function sourceOf({ senderHost, senderPort }: WalReceiver): string {
  return senderHost === null ? 'a server that this role may not see' : clean(formatEndpoint(senderHost, senderPort))
}

/** `standby-1 is connected to 10.0.0.9:5432, last message 3 s before it was read`. */
export function receiverText({ standby, source, lastMessageAgeSeconds }: ConnectedReceiver): string {
  const heard =
    lastMessageAgeSeconds === null
      ? 'this role may not see when its last message came'
      : `last message ${formatAge(lastMessageAgeSeconds * 1000)} before it was read`
  return `${standby} is connected to ${source}, ${heard}`
}

/** Both ends have to agree: an address alone may lead to another server from there than from here. */
function streamsFromStandby(view: DatabaseView, receiver: WalReceiver, { databases, links }: Picture): boolean {
  const link = links.find(({ downstreamId }) => downstreamId === view.id)
  const source = databases.find(({ id }) => id === link?.upstreamId)
  if (!link?.sender || !source || !isReadableStandby(source)) return false
  if (!isSameSystem(source, view)) return false
  const bySlot = receiver.slot !== null && receiver.slot === link.sender.slot
  const target = { host: receiver.senderHost, port: receiver.senderPort }
  return bySlot || connectsTo(target, serverEndpoints(view, view.pulse), serverEndpoints(source, source.pulse))
}
