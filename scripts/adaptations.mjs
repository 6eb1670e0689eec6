// What the bundle changes in its libraries: few, small, each exact about the text it expects, so that an upgrade of the
// library fails the build instead of silently losing (or breaking) the change. What each gains, and what would make it
// needless, is in docs/performance.md: one that gains less than a tenth of a budget does not belong here.

import { readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'

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
 * Yoga's loader fetches its own base64 text, which loads Node's whole HTTP client. Its other branch, for places without
 * fetch, decodes the same text itself.
 */
const yogaWithoutFetch = adapt('yoga-without-fetch', /yoga-wasm-base64-esm\.js$/, (text, path) =>
  exchange(text, '"function"!=typeof fetch', 'true', path, 2),
)

/**
 * Characters of one column, none of which can begin or join an emoji without a further character that is not among them:
 * ASCII, Latin, dashes and quotes, arrows, lines, blocks, shapes, check marks and crosses, braille.
 */
const CHARACTERS = String.raw`\u0020-\u007E\u00A1-\u00AC\u00AE-\u02FF\u2010-\u2027\u2190-\u21FF\u2500-\u25FC\u25FF\u2713-\u2718\u2800-\u28FF`
const NARROW = `/^[${CHARACTERS}]*$/`

/**
 * string-width builds a segmenter and the table of all emoji while it is loaded and consults them for each border
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
 * Importing modules of Node as ES modules reads all their exports, lazy ones included, and so loads all of undici, WebCrypto,
 * readline and more. Taken this way, only those that are used are read.
 */
const plainBuiltins = {
  name: 'plain-builtins',
  setup(build) {
    const known = new Set(builtinModules)
    build.onResolve({ filter: /^(?:node:)?[a-z_\d/]+$/ }, ({ path, kind }) => {
      const name = path.replace(/^node:/, '')
      if (kind === 'require-call' || !known.has(name)) return null
      return { path: `node:${name}`, namespace: 'builtin' }
    })
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('${path}')`,
    }))
  },
}

/** Ink draws every cell of every frame anew; see kept-rows.mjs. */
const inkKeepsRows = adapt('ink-keeps-rows', /ink\/build\/output\.js$/, (text, path) => {
  const addition = readFileSync(new URL('kept-rows.mjs', import.meta.url), 'utf8').replace("'NARROW'", NARROW)
  return `${exchange(text, 'export default class Output', 'class Output', path)}\n${addition}`
})

export const adaptations = [noDevtools, yogaWithoutFetch, lazyStringWidth, plainBuiltins, inkKeepsRows]
