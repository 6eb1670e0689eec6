// What the bundle changes in its libraries: few, small, each exact about the text it expects, so that an upgrade of the
// library fails the build instead of silently losing (or breaking) the change.

import { readFileSync } from 'node:fs'

/**
 * Ink asks for react-devtools-core when DEV=true only, but a bundler must resolve it. An external would become a static
 * import that fails at start.
 */
const noDevtools = {
  name: 'no-devtools',
  setup(build) {
    build.onResolve({ filter: /^react-devtools-core$/ }, ({ path }) => ({ path, namespace: 'no-devtools' }))
    build.onLoad({ filter: /.*/, namespace: 'no-devtools' }, () => ({ contents: 'export default {}' }))
  },
}

/** Replaces `before` by `after` in a file's text; throws when the library no longer has that text exactly `times` times. */
function exchange(text, before, after, path, times = 1) {
  const found = text.split(before).length - 1
  if (found !== times) throw new Error(`${path}: expected ${times} of "${before}", found ${found}: see adaptations.mjs`)
  return text.replaceAll(before, () => after)
}

function adapt(name, filter, change) {
  return {
    name,
    setup(build) {
      build.onLoad({ filter }, ({ path }) => ({ contents: change(readFileSync(path, 'utf8'), path), loader: 'js' }))
    },
  }
}

/**
 * Yoga's loader fetches its own base64 text, which loads Node's whole HTTP client (35 ms and 14 MB at start). Its other
 * branch, for places without fetch, decodes the same text itself.
 */
const yogaWithoutFetch = adapt('yoga-without-fetch', /yoga-wasm-base64-esm\.js$/, (text, path) =>
  exchange(text, '"function"!=typeof fetch', 'true', path, 2),
)

/**
 * Characters of one column, none of which can begin or join an emoji without a further character that is not among them:
 * ASCII, Latin, dashes and quotes, arrows, lines, blocks, shapes, check marks and crosses, braille.
 */
const NARROW = String.raw`/^[\u0020-\u007E\u00A1-\u00AC\u00AE-\u02FF\u2010-\u2027\u2190-\u21FF\u2500-\u25FC\u25FF\u2713-\u2718\u2800-\u28FF]*$/`

/**
 * string-width builds a segmenter and the table of all emoji while it is loaded (30 ms) and consults them for each border
 * and bullet. Here they are built when the first text needs them, and a text of plain narrow characters is as wide as long.
 */
const lazyStringWidth = adapt('lazy-string-width', /string-width\/index\.js$/, (text, path) => {
  const segmenter = exchange(
    text,
    'const segmenter = new Intl.Segmenter();',
    'let made; const segmenter = {segment: (text) => (made ??= new Intl.Segmenter()).segment(text)};',
    path,
  )
  const emoji = exchange(
    segmenter,
    String.raw`const rgiEmojiRegex = /^\p{RGI_Emoji}$/v;`,
    String.raw`let table; const rgiEmojiRegex = {test: (text) => (table ??= new RegExp('^\\p{RGI_Emoji}$', 'v')).test(text)};`,
    path,
  )
  return exchange(
    emoji,
    '\tlet width = 0;\n\tconst eastAsianWidthOptions',
    `\tif (ambiguousIsNarrow && ${NARROW}.test(string)) return string.length;\n\tlet width = 0;\n\tconst eastAsianWidthOptions`,
    path,
  )
})

/**
 * Importing these modules of Node as ES modules reads all their exports, lazy ones included, and so loads all of undici and
 * WebCrypto (50 ms and 13 MB at start). `require` reads none.
 */
const requiredBuiltins = {
  name: 'required-builtins',
  setup(build) {
    build.onResolve({ filter: /^(?:node:)?(?:http|https|crypto)$/ }, ({ path, namespace }) => {
      if (namespace === 'required') return { path, external: true }
      return { path: `node:${path.replace('node:', '')}`, namespace: 'required' }
    })
    build.onLoad({ filter: /.*/, namespace: 'required' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)})`,
    }))
  },
}

/** Ink draws every cell of every frame anew; see kept-rows.mjs. */
const inkKeepsRows = adapt('ink-keeps-rows', /ink\/build\/output\.js$/, (text, path) => {
  const addition = readFileSync(new URL('kept-rows.mjs', import.meta.url), 'utf8')
  return `${exchange(text, 'export default class Output', 'class Output', path)}\n${addition}`
})

/** Ink cleans the text of every row in every frame, although the outcome depends on the text alone. */
const inkCleansOnce = adapt('ink-cleans-once', /ink\/build\/sanitize-ansi\.js$/, (text, path) =>
  exchange(
    text,
    'export default sanitizeAnsi;',
    `const cleaned = new Map();
export default (text) => {
  let clean = cleaned.get(text);
  if (clean === undefined) {
    if (cleaned.size >= 1000) cleaned.clear();
    cleaned.set(text, clean = sanitizeAnsi(text));
  }
  return clean;
};`,
    path,
  ),
)

/** Ink measures every row in every frame, but only its layout remembers the widths it found. */
const inkMeasuresOnce = adapt('ink-measures-once', /ink\/build\/render-node-to-output\.js$/, (text, path) => {
  const imported = exchange(
    text,
    "import widestLine from 'widest-line';",
    "import measureText from './measure-text.js';",
    path,
  )
  return exchange(imported, 'widestLine(text)', 'measureText(text).width', path)
})

export const adaptations = [
  noDevtools,
  yogaWithoutFetch,
  lazyStringWidth,
  requiredBuiltins,
  inkKeepsRows,
  inkCleansOnce,
  inkMeasuresOnce,
]
