// The rules of docs/architecture.md as data: the rooms by level, and who alone may reach what is outside.

/**
 * Rooms of src/ by level. A file imports from lower levels and from its own room, never from another of its level. It is
 * of the room with the longest path: a profile's facts are known to the configuration, its actions are made of the general.
 * `*` is any one name; with a `/` at its end a room is a folder.
 */
export const LEVELS: readonly (readonly string[])[] = [
  ['src/model'],
  ['src/io', 'src/profiles/*/facts.ts'],
  ['src/profiles/facts.ts'],
  ['src/config'],
  ['src/probes', 'src/actions'],
  ['src/profiles/*/'],
  ['src/profiles'],
  ['src/state'],
  ['src/ui', 'src/runtime', 'src/demo'],
  ['src/profiles/*/demo/'],
  ['src/profiles/demo.ts'],
  ['src/cli'],
  ['src/main.ts'],
]

/** What only some files may import; everything else of Node and of npm is free. */
export const RESERVED: readonly {
  readonly modules: readonly (string | RegExp)[]
  readonly allowed: readonly (string | { readonly path: string; readonly because: string })[]
}[] = [
  { modules: ['ink', 'react', /^react\//], allowed: ['src/ui'] },
  { modules: ['pg', /^pg-/, 'execa', 'systeminformation', 'write-file-atomic'], allowed: ['src/io'] },
  { modules: ['node:tls', 'node:dns', 'node:dns/promises', 'node:child_process'], allowed: ['src/io'] },
  {
    modules: ['node:net'],
    allowed: ['src/io', { path: 'src/config/dsn/dsn.ts', because: 'it only asks whether a text is an address' }],
  },
  { modules: ['node:fs', 'node:fs/promises'], allowed: ['src/io'] },
  {
    modules: ['node:http', 'node:https'],
    allowed: ['src/io', { path: 'src/demo', because: 'its application servers listen; everything else only asks' }],
  },
  { modules: ['commander'], allowed: ['src/cli'] },
  { modules: ['jsonc-parser', 'ini'], allowed: ['src/config'] },
]

/** Names that say nothing about what a file is for. */
export const EMPTY_NAMES = [
  'utils',
  'util',
  'helpers',
  'helper',
  'common',
  'misc',
  'manager',
  'types',
  'stuff',
  'shared',
]

/** Names of products. Only their profiles in src/profiles know them, and only that room reaches into a profile's folder. */
export const PRODUCTS = /manage.?engine|password.?manager|pam.?360/i

/**
 * How a role, a system or a neighbour is told from raw fields. Only the model does (`picture/roles.ts`, `picture/neighbours.ts`,
 * `measured/server-identity.ts`): all others ask its predicates, so that one question has one answer on every screen.
 */
export const TOLD_BY_THE_MODEL: readonly { readonly what: string; readonly pattern: RegExp }[] = [
  { what: 'a role by its position', pattern: /\bposition\??\.kind\b|\bkind [!=]== 'primary'/ },
  { what: 'a role by its word', pattern: /\brole [!=]== '(?:primary|replica|cascading-replica|standby)'/ },
  { what: 'an upstream by its id', pattern: /\bupstreamId [!=]== (?!null\b)|[!=]== [\w.?]*\bupstreamId\b/ },
  {
    what: 'a system by its identifier',
    pattern: /\bsystemIdentifier [!=]== (?!null\b|undefined\b)|[!=]== [\w.?]*\bsystemIdentifier\b/,
  },
]

/** How a subject is taken out of its text, or made one: `src/model/picture/subject.ts` alone does. Names may hold a "/". */
export const SUBJECT_TEXTS: readonly { readonly what: string; readonly pattern: RegExp }[] = [
  { what: 'what stands before the first "/"', pattern: /\.split\('\/'(?:, \d+)?\)(?:\[0\]|\.(?:at\(0\)|shift\(\)))/ },
  {
    what: 'a subject taken apart',
    pattern: /\bsubject\b[\w.?!]*\.(?:split|startsWith|endsWith|includes|indexOf|lastIndexOf|slice|substring|match)\(/,
  },
  {
    what: 'what begins with a name and a "/"',
    pattern: /startsWith\(`\$\{(?:[\w.]+\.)?(?:id|node|owner|subject|name)\}\/`/,
  },
  { what: 'an owner joined to its part', pattern: /`\$\{(?:[\w.]+\.)?(?:id|\w+Id|owner|subject)\}\/\$\{/ },
]

/** Files outside src/ that the program may import. */
export const DATA: readonly string[] = ['package.json']

export const LIMITS = {
  fileLines: 300,
  functionLines: 60,
  folderFiles: 20,
} as const
