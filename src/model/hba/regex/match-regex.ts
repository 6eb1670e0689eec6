// Regular expressions of pg_hba.conf, evaluated without backtracking: a pattern from a file can't make pgdeck hang.

import { parseRegex, RegexError, type RegexNode } from './parse-regex.ts'

/** A compiled pattern. */
export interface CompiledRegex {
  /** Whether it matches anywhere in the name; null when this is beyond what is evaluated here. */
  readonly matches: (name: string) => boolean | null
}

/** Steps for one name; names are short, so only hostile patterns come near. */
const MOST_STEPS = 200_000

/** The pattern, or why the server would refuse it. One that can't be evaluated here matches `null`. */
export function compileRegex(source: string): CompiledRegex | { readonly error: string } {
  try {
    const { node, ignoresCase, refers } = parseRegex(source)
    if (refers) return { matches: () => null }
    return { matches: (name) => new Matcher(ignoresCase ? lowerAscii(name) : name).finds(node) }
  } catch (error) {
    if (!(error instanceof RegexError)) throw error
    return error.certain ? { error: error.message } : { matches: () => null }
  }
}

function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

class Matcher {
  readonly #characters: readonly number[]
  #steps = 0

  constructor(name: string) {
    this.#characters = [...name].map((character) => character.codePointAt(0) ?? 0)
  }

  finds(node: RegexNode): boolean | null {
    const starts = new Set(Array.from({ length: this.#characters.length + 1 }, (_, at) => at))
    try {
      return this.#after(node, starts).size > 0
    } catch (error) {
      if (error instanceof RegexError) return null
      throw error
    }
  }

  /** All places where a match that begins at one of `starts` may end. */
  #after(node: RegexNode, starts: ReadonlySet<number>): ReadonlySet<number> {
    this.#steps += starts.size + 1
    if (this.#steps > MOST_STEPS) throw new RegexError('too complex', false)
    switch (node.kind) {
      case 'character':
        return this.#filtered(starts, (at) => at < this.#characters.length && node.test(this.#characters[at] ?? 0), 1)
      case 'edge':
        return this.#filtered(starts, (at) => node.test(this.#characters[at - 1], this.#characters[at]), 0)
      case 'look':
        return this.#filtered(starts, (at) => this.#after(node.inner, new Set([at])).size > 0 !== node.negative, 0)
      case 'sequence':
        return node.parts.reduce((places, part) => (places.size === 0 ? places : this.#after(part, places)), starts)
      case 'choice':
        return new Set(node.branches.flatMap((branch) => [...this.#after(branch, starts)]))
      case 'repeat':
        return this.#repeated(node, starts)
    }
  }

  #filtered(starts: ReadonlySet<number>, test: (at: number) => boolean, width: number): ReadonlySet<number> {
    return new Set([...starts].filter(test).map((at) => at + width))
  }

  #repeated(node: RegexNode & { kind: 'repeat' }, starts: ReadonlySet<number>): ReadonlySet<number> {
    let places = starts
    for (let times = 0; times < node.least && places.size > 0; times++) places = this.#after(node.inner, places)
    const all = new Set(places)
    for (let times = node.least; times < node.most && places.size > 0; times++) {
      places = new Set([...this.#after(node.inner, places)].filter((at) => !all.has(at)))
      for (const at of places) all.add(at)
    }
    return all
  }
}
