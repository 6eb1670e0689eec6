// Above the links: connections that receive something else than replication, each in one line.

import type { OtherSenderView } from '../../../model/picture/other-sender.ts'
import type { Picture } from '../../../model/picture/picture.ts'
import { displayNameOf } from '../../../state/select/cluster.ts'
import { type Line, span } from '../../frame/format/line.ts'
import { age, bytes, plural, UNKNOWN_TEXT } from '../../frame/format/values.ts'

/** The view is about the links: of many other connections the first few are enough. */
const MOST = 3

/** A line for each of the first few connections that are no links; none without such connections. */
export function otherSenderLines(picture: Picture, now: number): readonly Line[] {
  const shown = picture.otherSenders.slice(0, MOST)
  const more = picture.otherSenders.length - shown.length
  return [
    ...shown.map(
      (sender): Line => [
        span(` ${displayNameOf(picture, sender.databaseId)}`, 'strong'),
        span(' also sends to ', 'dim'),
        span(otherSenderText(sender, now)),
      ],
    ),
    ...(more > 0 ? [[span(` and to ${plural(more, 'other')}: the topology has them all`, 'dim')]] : []),
  ]
}

/** `pg_recvlogical at 10.0.0.7, capture, streaming for 3 min, slot cdc, 12 MB behind`. */
function otherSenderText({ name, kind, state, slot, behindBytes, since }: OtherSenderView, now: number): string {
  return [
    name,
    state === kind ? null : kind,
    `${state ?? UNKNOWN_TEXT}${since === null ? '' : ` for ${age(since, now)}`}`,
    slot === null ? null : `slot ${slot}`,
    kind === 'backup' ? null : `${bytes(behindBytes)} behind`,
  ]
    .filter((part) => part !== null)
    .join(', ')
}
