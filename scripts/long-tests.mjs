// What belongs to the long suite (`npm run test:long`): tests that act on whole clusters, need real managers, or build and
// install the program. Everything else is `npm test`, which has to end within five minutes on two quiet cores.

/** Folders and files of the long suite. */
const LONG_TESTS = [
  'test/real/acts/',
  'test/real/hba/',
  'test/real/managers.test.ts',
  'test/real/proxied-faults.test.ts',
  'test/real/servers/moved-address.test.ts',
  'test/real/servers/moved-copy.test.ts',
  'test/real/sql-names/hostile.test.ts',
  'test/real/sql-names/recorded.test.ts',
  'test/profiles/manageengine/demo/',
  'test/e2e/acting.test.ts',
  'test/e2e/binary.test.ts',
  'test/e2e/package.test.ts',
]

/** Whether a test file, as a path from the top of the project, belongs to the long suite. */
export function isLong(file) {
  return LONG_TESTS.some((place) => (place.endsWith('/') ? file.startsWith(place) : file === place))
}

const tool = (script, ...args) => [
  process.execPath,
  '--import',
  './scripts/typescript.mjs',
  `scripts/${script}.ts`,
  ...args,
]

/** Programs that the long suite runs besides, each with its command. */
export const LONG_RUNS = [
  { title: 'kill points of a promotion', command: tool('kill-points', 'promote', '40') },
  { title: 'kill points of a switchover', command: tool('kill-points', 'switchover', '40') },
  { title: 'soak', command: tool('soak', '5') },
]
