// Standbys with a walreceiver connected to a possible primary: such a connection shows that a server may live.

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
  /** The address it is connected to, `10.0.0.9:5432`, or that it is hidden. */
  readonly source: string
  /** Id of the watched database at that address; null without one. */
  readonly sourceId: string | null
  /** Seconds between the last message and the reading; null if hidden from this role. */
  readonly lastMessageAgeSeconds: number | null
}

/**
 * Returns the connected walreceivers of all readable standbys of that system. One is left out if its upstream was read
 * too, is a standby of the same system, and shows that very connection. Any other upstream may be a primary, watched or
 * not.
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

/** The walreceiver of a readable standby; null if it has none. */
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

/** Both ends must agree: an address may lead from there to another server than from here. */
function streamsFromStandby(view: DatabaseView, receiver: WalReceiver, { databases, links }: Picture): boolean {
  const link = links.find(({ downstreamId }) => downstreamId === view.id)
  const source = databases.find(({ id }) => id === link?.upstreamId)
  if (!link?.sender || !source || !isReadableStandby(source)) return false
  if (!isSameSystem(source, view)) return false
  const bySlot = receiver.slot !== null && receiver.slot === link.sender.slot
  const target = { host: receiver.senderHost, port: receiver.senderPort }
  return bySlot || connectsTo(target, serverEndpoints(view, view.pulse), serverEndpoints(source, source.pulse))
}
