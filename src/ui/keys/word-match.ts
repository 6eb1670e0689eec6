// How well a typed text matches the entry of a menu or the palette: by its names, its title, and words that mean the same.

/** What an entry of the palette is found by. */
export interface PaletteWords {
  readonly title: string
  /** Names that the documents give it, such as `failback` or `sil 1`. */
  readonly names?: readonly string[]
  /** Words that mean the same, such as `kill`. */
  readonly synonyms?: readonly string[]
}

const SAME_NAME = 100
const SAME_SYNONYM = 90
const NAME_BEGINS = 80
const SYNONYM_BEGINS = 70
const TITLE_BEGINS = 60
const WORDS_BEGIN = 50
const INSIDE = 20

/**
 * Returns how well the text matches, the higher the better: a name before a synonym before the beginnings of words in any order
 * before a text inside; null for no match. Letters scattered over a title are no match. An empty text matches everything.
 */
export function matchScore(typed: string, { title, names = [], synonyms = [] }: PaletteWords): number | null {
  const text = plain(typed)
  if (text === '') return 0
  const [all, same] = [names.map(plain), synonyms.map(plain)]
  if (all.includes(text)) return SAME_NAME
  if (same.includes(text)) return SAME_SYNONYM
  if (all.some((name) => name.startsWith(text))) return NAME_BEGINS
  if (same.some((word) => word.startsWith(text))) return SYNONYM_BEGINS
  const heading = plain(title)
  if (heading.startsWith(text)) return TITLE_BEGINS
  const everything = [heading, ...all, ...same].join(' ')
  const words = everything.split(' ')
  if (text.split(' ').every((part) => words.some((word) => word.startsWith(part)))) return WORDS_BEGIN
  return everything.includes(text) ? INSIDE : null
}

/** Lower case, with one blank between words: `rebuild-replica` is typed with a hyphen or a blank. */
function plain(text: string): string {
  return text
    .toLowerCase()
    .split(/[^\p{L}\p{N}_.]+/u)
    .filter((word) => word !== '')
    .join(' ')
}
