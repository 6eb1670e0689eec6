// Appended to Ink's output.js while bundling: rows that are drawn as in the frame before keep their text. Ink itself splits
// and joins every cell of the screen anew for each frame. Here only rows of which something changed go through Ink's own
// code, so the result is the same text by construction; test/scripts/adaptations.test.ts compares the two.

/* global Output -- Ink's class, in whose file this stands when it runs. */

/** Text of the rows of the frame before, by what was drawn on them. */
let kept = new Map()

export default class OutputWithKeptRows extends Output {
  get() {
    const rows = this.#byRow()
    if (rows === null) return super.get()
    const drawn = new Map()
    const lines = rows.map(({ key, writes }, y) => {
      const text = kept.get(key) ?? drawn.get(key) ?? this.#draw(y, writes)
      drawn.set(key, text)
      return text
    })
    kept = drawn
    return { output: lines.join('\n'), height: this.height }
  }

  /** What is written on each row; null when something could reach beyond its row or depends on more than its arguments. */
  #byRow() {
    const rows = Array.from({ length: this.height }, (_, y) => ({ key: `${this.width} ${y}`, writes: [] }))
    const clips = []
    for (const operation of this.operations) {
      if (operation.type === 'clip') {
        // One clip at a time is all that is followed here; nested ones intersect, which is Ink's own affair.
        if (clips.length > 0) return null
        clips.push(operation.clip)
      } else if (operation.type === 'unclip') clips.pop()
      else {
        const { x, y, text, transformers } = operation
        if (transformers.length > 0 || text.includes('\n')) return null
        if (!Number.isInteger(x) || !Number.isInteger(y)) return null
        const clip = clips[0]
        const row = rows[y]
        if (row === undefined) continue
        row.key += `\n${x} ${clip === undefined ? '' : `${clip.x1} ${clip.x2} ${clip.y1} ${clip.y2}`}\n${text}`
        row.writes.push({ operation, clip })
      }
    }
    return rows
  }

  /** One row as Ink draws it: through its own `get`, with the rows above left empty. */
  #draw(y, writes) {
    const alone = new Output({ width: this.width, height: y + 1 })
    alone.caches = this.caches
    const cells = Array.from({ length: this.width }, () => ({ type: 'char', value: ' ', fullWidth: false, styles: [] }))
    const sparse = { [y]: cells }
    for (const { operation, clip } of writes) alone.applyWriteOperation(sparse, operation, clip)
    return styledCharsToString(cells.filter((cell) => cell !== undefined)).trimEnd()
  }
}
