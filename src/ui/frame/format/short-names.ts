// Shortens names that are too long for their place. Generated names begin alike, and two names that look the same
// would lead to the wrong row: the cut keeps the difference.

import { cutText, textWidth } from './line.ts'

/**
 * The prefix of a name in a tree, or the arrow between the two names of a link. It is never cut. A name may begin with any
 * sign itself, such as an emoji.
 */
const BRANCHES = /^[\s│├└▶|`>]+/u
const ARROW = / (?:→|->) /
/** The kept beginning of a name whose difference is in its middle. */
const HEAD = 3
/** Letters that are shown before the first difference. */
const BEFORE = 2

/**
 * Returns each name in at most `width` cells, by name: whole, else cut in the middle, else around the difference from
 * the others. Different names stay different if the width permits it. A text of two names, `a → b`, is cut in both.
 */
export function shortNames(names: readonly string[], width: number, mark = '…'): ReadonlyMap<string, string> {
  const all = [...new Set(names)]
  if (all.every((name) => textWidth(name) <= width)) return new Map(all.map((name) => [name, name]))
  const parts = all.map(partsOf)
  const bodies = [...new Set(parts.flatMap(({ ends }) => ends))].sort()
  const differsAt = firstDifferences(bodies)
  const methods: readonly ((body: string, room: number) => string)[] = [
    (body, room) => cutInside(body, room, mark),
    (body, room) => cutAround(body, room, differsAt.get(body) ?? 0, mark),
  ]
  const results = methods.map((method) => parts.map((each) => assembled(each, width, method)))
  const best = results.reduce((one, other) => (new Set(other).size > new Set(one).size ? other : one))
  return new Map(all.map((name, index) => [name, best[index] ?? name]))
}

/** The name in this many cells; see `shortNames`. */
export function shortName(name: string, among: readonly string[], width: number, mark = '…'): string {
  return shortNames([name, ...among], width, mark).get(name) ?? name
}

interface Parts {
  readonly branches: string
  readonly ends: readonly string[]
  readonly arrow: string
}

function partsOf(text: string): Parts {
  const branches = BRANCHES.exec(text)?.[0] ?? ''
  const rest = text.slice(branches.length)
  return { branches, ends: rest.split(ARROW), arrow: ARROW.exec(rest)?.[0] ?? '' }
}

function assembled(
  { branches, ends, arrow }: Parts,
  width: number,
  cut: (body: string, room: number) => string,
): string {
  let room = Math.max(0, width - textWidth(branches) - textWidth(arrow) * (ends.length - 1))
  // Cells that one end does not need go to the other.
  const cuts = new Map<number, string>()
  const byWidth = [...ends.entries()].sort(([, one], [, other]) => textWidth(one) - textWidth(other))
  for (const [turn, [place, end]] of byWidth.entries()) {
    const share = Math.floor(room / (ends.length - turn))
    const short = textWidth(end) <= share ? end : cut(end, share)
    cuts.set(place, short)
    room -= textWidth(short)
  }
  return branches + ends.map((_, place) => cuts.get(place) ?? '').join(arrow)
}

/** The first letter of each sorted name that distinguishes it from all others. */
function firstDifferences(sorted: readonly string[]): ReadonlyMap<string, number> {
  return new Map(
    sorted.map((name, index) => [
      name,
      Math.max(commonLength(name, sorted[index - 1] ?? ''), commonLength(name, sorted[index + 1] ?? '')),
    ]),
  )
}

function commonLength(one: string, other: string): number {
  let length = 0
  while (length < one.length && one[length] === other[length]) length += 1
  return length
}

/** The beginning and the end; the end is more significant. */
function cutInside(name: string, width: number, mark: string): string {
  const room = width - mark.length
  if (room < 2) return cutText(name, width, mark)
  const end = lastCells(name, Math.ceil(room / 2))
  return cutText(name, width - textWidth(end), mark) + end
}

/** A part of the beginning, then the text from just before `at`. */
function cutAround(name: string, width: number, at: number, mark: string): string {
  const head = width >= 4 * HEAD ? HEAD : 0
  const start = Math.max(0, at - BEFORE)
  if (start <= head + mark.length) return cutText(name, width, mark)
  const begin = name.slice(0, head).toWellFormed() + mark
  const room = width - textWidth(begin)
  const rest = name.slice(start).toWellFormed()
  return begin + (textWidth(rest) <= room ? lastCells(name, room) : cutText(rest, room, mark))
}

/** The end of a text in at most this many cells. It does not begin with a sign that belongs to the letter before. */
function lastCells(text: string, width: number): string {
  const letters = [...text]
  let used = 0
  let from = letters.length
  while (from > 0) {
    const cells = textWidth(letters[from - 1] ?? '')
    if (used + cells > width) break
    used += cells
    from -= 1
  }
  return letters
    .slice(from)
    .join('')
    .replace(/^[\p{M}\u200d]+/u, '')
}
