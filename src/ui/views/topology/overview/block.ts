// A block of the home screen beside or below the tables: what it is made from, and the parts of its lines.

import type { DatabaseView, HostView, Picture } from '../../../../model/picture/picture.ts'
import { listText } from '../../../../model/values/text.ts'
import type { ClusterState, State } from '../../../../state/state.ts'
import type { Glyphs } from '../../../frame/format/glyphs.ts'
import { cutLine, fitText, type Line, span, type TextSpan } from '../../../frame/format/line.ts'

export interface OverviewInput {
  readonly state: State
  readonly cluster: ClusterState
  readonly picture: Picture
  readonly glyphs: Glyphs
}

/** Its lines in a width; none if there is nothing to tell. */
export interface OverviewBlock {
  readonly id: string
  /** Lines that say that all is well are left out where the room is short. */
  readonly isCalm: boolean
  lines(width: number): readonly Line[]
}

const LABEL_WIDTH = 11

/** ` WAITING    ` and the rest. */
export function labelled(title: string, rest: readonly TextSpan[], width: number, { ellipsis }: Glyphs): Line {
  return cutLine([span(` ${fitText(title, LABEL_WIDTH)}`, 'title'), ...rest], width, ellipsis)
}

/** The host of a database, where the configuration names it. */
export function hostOf(picture: Picture, { id }: DatabaseView): HostView | null {
  return picture.hosts.find(({ nodeIds }) => nodeIds.includes(id)) ?? null
}

/** `   not read: db-1`: what is told holds for the other databases only. */
export function unreadSpan({ databases }: Picture): TextSpan {
  const names = databases.filter(({ problem }) => problem !== null).map(({ name }) => name)
  return span(names.length === 0 ? '' : `   not read: ${listText(names)}`, 'dim')
}
