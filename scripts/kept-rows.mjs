// Appended to Ink's output.js while bundling: a lean way to the text of a frame. Ink itself makes a grid of cells, splits
// every text of the screen into them and joins them again, for each frame. Here a row that is drawn as in the frame before
// keeps its text; one that is a single text of plain characters is that text already; any other goes through Ink's own
// code, alone. test/scripts/adaptations.test.ts compares the frames with Ink's, cell by cell and byte by byte.

/* global Output -- Ink's class, in whose file this stands when it runs. */

/** Put in when bundling: texts of nothing but characters that have one column each. */
const narrow = 'NARROW'
const sgr = /\x1b\[([\d;]*)m/g

/** What sets an attribute, and what ends it. */
const ends = new Map([
  ['1', '22'],
  ['2', '22'],
  ['7', '27'],
])
for (let colour = 0; colour < 8; colour++) {
  for (const first of [30, 90]) ends.set(String(first + colour), '39')
  for (const first of [40, 100]) ends.set(String(first + colour), '49')
}

/** Whether a text draws itself: narrow characters, each style ended before the next of its kind and before the text ends. */
function drawsItself(text, width) {
  let open = ''
  let length = text.length
  if (text.includes('\x1b')) {
    for (const [sequence, code] of text.matchAll(sgr)) {
      length -= sequence.length
      const end = ends.get(code)
      if (end !== undefined && !open.includes(end)) open += end
      else if (end === undefined && open.includes(code) && code.length === 2) open = open.replace(code, '')
      else return false
    }
  }
  return open === '' && length <= width && narrow.test(length === text.length ? text : text.replaceAll(sgr, ''))
}

/** Text of the rows of the frame before, by what was drawn on them. */
let kept = new Map()
let keptWidth = 0

export default class LeanOutput extends Output {
  get() {
    const rows = this.#byRow()
    if (rows === null) return super.get()
    if (keptWidth !== this.width) kept = new Map()
    keptWidth = this.width
    const drawn = new Map()
    let output = ''
    for (let y = 0; y < rows.length; y++) {
      const { key, writes } = rows[y]
      const text = kept.get(key) ?? drawn.get(key) ?? this.#draw(y, key, writes)
      drawn.set(key, text)
      output += y === 0 ? text : `\n${text}`
    }
    kept = drawn
    return { output, height: this.height }
  }

  /**
   * What is written on each row; null when something could reach beyond its row or depends on more than its arguments. The
   * key of a row on which only one text stands, from its first column and not clipped, is that text.
   */
  #byRow() {
    const rows = Array.from({ length: this.height }, () => ({ key: '', writes: null }))
    let clip = null
    for (const operation of this.operations) {
      if (operation.type === 'clip') {
        // One clip at a time is all that is followed here; nested ones intersect, which is Ink's own affair.
        if (clip !== null) return null
        clip = operation.clip
      } else if (operation.type === 'unclip') clip = null
      else {
        const { x, y, text, transformers } = operation
        if (transformers.length > 0 || text.includes('\n')) return null
        if (!Number.isInteger(x) || !Number.isInteger(y)) return null
        const row = rows[y]
        if (row === undefined) continue
        if (row.key === '' && x === 0 && (clip === null || this.#isWithin(clip, y))) row.key = text
        else row.key += `\n${y} ${x} ${clip === null ? '' : `${clip.x1} ${clip.x2} ${clip.y1} ${clip.y2}`}\n${text}`
        row.writes ??= []
        row.writes.push({ operation, clip: clip ?? undefined })
      }
    }
    return rows
  }

  /** Whether a clip leaves a whole row as it is. */
  #isWithin({ x1, x2, y1, y2 }, y) {
    return (x1 ?? 0) <= 0 && (x2 ?? this.width) >= this.width && (y1 ?? 0) <= y && (y2 ?? this.height) > y
  }

  /** One row: the text itself, or as Ink draws it, through its own code, with the rows above left empty. */
  #draw(y, key, writes) {
    if (writes === null) return ''
    if (writes.length === 1 && key === writes[0].operation.text && drawsItself(key, this.width)) return key.trimEnd()
    const alone = new Output({ width: this.width, height: y + 1 })
    alone.caches = this.caches
    const cells = Array.from({ length: this.width }, () => ({ type: 'char', value: ' ', fullWidth: false, styles: [] }))
    const sparse = { [y]: cells }
    for (const { operation, clip } of writes) alone.applyWriteOperation(sparse, operation, clip)
    return styledCharsToString(cells.filter((cell) => cell !== undefined)).trimEnd()
  }
}
