// What the bundle changes in its libraries: few, small, each exact about the text it expects, so that an upgrade of the
// library fails the build instead of silently losing (or breaking) the change.

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
 * Yoga's loader fetches its own base64 text, which loads Node's whole HTTP client (35 ms and 14 MB at start). Its other
 * branch, for places without fetch, decodes the same text itself.
 */
const yogaWithoutFetch = adapt('yoga-without-fetch', /yoga-wasm-base64-esm\.js$/, (text, path) => {
  const decoding = exchange(text, '"function"!=typeof fetch', 'true', path, 2)
  // Byte by byte it takes longer than compiling what it decodes.
  const loop = 'for(a=0;a<b.length;++a)c[a]=b.charCodeAt(a);'
  return exchange(decoding, loop, 'c.set(Buffer.from(b,"latin1"));', path)
})

/**
 * Characters of one column, none of which can begin or join an emoji without a further character that is not among them:
 * ASCII, Latin, dashes and quotes, arrows, lines, blocks, shapes, check marks and crosses, braille.
 */
const CHARACTERS = String.raw`\u0020-\u007E\u00A1-\u00AC\u00AE-\u02FF\u2010-\u2027\u2190-\u21FF\u2500-\u25FC\u25FF\u2713-\u2718\u2800-\u28FF`
const NARROW = `/^[${CHARACTERS}]*$/`

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

/** Other libraries of Ink's do the same: each of these is built when the first text needs it (2 to 10 ms each). */
function lazySegmenter(name, filter, declaration, made) {
  const lazy = `{segment: (text) => (pgdeckSegmenter ??= ${made}).segment(text)}`
  return adapt(name, filter, (text, path) =>
    exchange(text, `${declaration}${made};`, `let pgdeckSegmenter; ${declaration}${lazy};`, path),
  )
}

const GRAPHEMES = "new Intl.Segmenter(undefined, { granularity: 'grapheme' })"
const lazySegmenters = [
  lazySegmenter(
    'lazy-slice',
    /slice-ansi\/tokenize-ansi\.js$/,
    'const GRAPHEME_SEGMENTER = ',
    GRAPHEMES.replace('{ ', '{').replace(' }', '}'),
  ),
  lazySegmenter('lazy-wrap', /wrap-ansi\/index\.js$/, 'const segmenter = ', 'new Intl.Segmenter()'),
  lazySegmenter(
    'lazy-tokens',
    /ansi-tokenize\/build\/tokenize\.js$/,
    'const segmenter = ',
    GRAPHEMES.replaceAll("'", '"'),
  ),
]

/** The same for changed rows, where Ink knows only ASCII as text whose columns need no segmenter. */
const inkComparesNarrow = adapt('ink-compares-narrow', /ink\/build\/line-update\.js$/, (text, path) => {
  const lazy = exchange(
    text,
    `const segmenter = ${GRAPHEMES};`,
    `let made; const segmenter = {segment: (text) => (made ??= ${GRAPHEMES}).segment(text)};`,
    path,
  )
  return exchange(lazy, 'const printableAscii = /^[ -~]*$/u;', `const printableAscii = ${NARROW};`, path)
})

const SELDOM = new Set(
  ['child_process', 'crypto', 'dns/promises', 'fs/promises', 'http', 'https', 'timers/promises', 'tls', 'zlib'].map(
    (name) => `node:${name}`,
  ),
)

/** An object that inherits its names: at first from something that loads the module, from then on from the module. */
function loadedLater(path) {
  return `module.exports = Object.create(new Proxy({}, {
  get(_, key, names) {
    const found = process.getBuiltinModule('${path}');
    Object.setPrototypeOf(names, found);
    return found[key];
  },
}))`
}

/**
 * Importing modules of Node as ES modules reads all their exports, lazy ones included, and so loads all of undici, WebCrypto,
 * readline and more (50 ms and 13 MB at start). Taken this way, only those that are used are read; and of those that
 * not every start needs, each is loaded when the first of its names is asked for.
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
      contents: SELDOM.has(path) ? loadedLater(path) : `module.exports = process.getBuiltinModule('${path}')`,
    }))
  },
}

/** zod brings its messages in fifty languages (435 kB), reachable by its namespace; those said here are our own. */
const zodInEnglish = adapt('zod-in-english', /zod\/v4\/(?:core|classic)\/(?:index|external)\.js$/, (text, path) =>
  text.includes('locales') ? exchange(text, 'export * as locales from "../locales/index.js";', '', path) : text,
)

/**
 * zod writes a function of its own for each shape and compiles it, which pays from some thousands of documents on; here it
 * took longer than all else about reading the configuration (10 to 20 ms at start).
 */
const zodInterprets = adapt('zod-interprets', /zod\/v4\/core\/core\.js$/, (text, path) =>
  exchange(text, '(_a.__zod_globalConfig = {})', '(_a.__zod_globalConfig = { jitless: true })', path),
)

/** Ink draws every cell of every frame anew; see kept-rows.mjs. */
const inkKeepsRows = adapt('ink-keeps-rows', /ink\/build\/output\.js$/, (text, path) => {
  const addition = readFileSync(new URL('kept-rows.mjs', import.meta.url), 'utf8').replace("'NARROW'", NARROW)
  return `${exchange(text, 'export default class Output', 'class Output', path)}\n${addition}`
})

/**
 * Ink gives each text a function that styles it, though it has no styles: then a row depends on more than its text.
 */
const inkStylesStyled = adapt('ink-styles-styled', /ink\/build\/components\/Text\.js$/, (text, path) =>
  exchange(
    text,
    'internal_transform: isScreenReaderEnabled ? undefined : transform',
    `internal_transform: !isScreenReaderEnabled && (dimColor || color || effectiveBackgroundColor || bold || italic ||
      underline || strikethrough || inverse) ? transform : undefined`,
    path,
  ),
)

/** Ink cleans the text of every row in every frame, although the outcome depends on the text alone. */
const inkCleansOnce = adapt('ink-cleans-once', /ink\/build\/sanitize-ansi\.js$/, (text, path) =>
  exchange(
    text,
    'export default sanitizeAnsi;',
    `const cleaned = new Map();
const style = ${String.raw`/\x1b\[[\d;]*m/g`};
const isClean = (text) => ${NARROW}.test(text.includes('\x1b') ? text.replaceAll(style, '') : text);
export default (text) => {
  let clean = cleaned.get(text);
  if (clean === undefined) {
    if (cleaned.size >= 1000) cleaned.clear();
    cleaned.set(text, clean = isClean(text) ? text : sanitizeAnsi(text));
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

/** commander loads what starts programs, for commands that are programs of their own: there are none. */
const commanderStartsNothing = adapt('commander-starts-nothing', /commander\/lib\/command\.js$/, (text, path) =>
  exchange(
    text,
    "import childProcess from 'node:child_process';",
    "const childProcess = { spawn() { throw new Error('pgdeck has no commands that are programs of their own'); } };",
    path,
  ),
)

export const adaptations = [
  noDevtools,
  yogaWithoutFetch,
  lazyStringWidth,
  ...lazySegmenters,
  plainBuiltins,
  zodInEnglish,
  zodInterprets,
  commanderStartsNothing,
  inkKeepsRows,
  inkComparesNarrow,
  inkStylesStyled,
  inkCleansOnce,
  inkMeasuresOnce,
]
