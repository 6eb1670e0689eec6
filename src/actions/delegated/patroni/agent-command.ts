// Whether a configured command starts or stops Patroni itself, and not only PostgreSQL.

import { posix } from 'node:path'

/** Programs whose words name a service. */
const OF_SERVICES: ReadonlySet<string> = new Set(['systemctl', 'service', 'rc-service'])
/** Their options with a value of its own. */
const WITH_VALUE: ReadonlySet<string> = new Set(['-u', '-g', '--user', '--group'])

/**
 * Whether it is the program patroni, or names a service that begins with patroni. Other words prove nothing: a host, a
 * folder or a configuration file may have that name while PostgreSQL alone is started.
 */
export function isOfPatroni(command: readonly string[] | null | undefined): boolean {
  const [program = '', ...words] = withoutSudo(command ?? [])
  const name = posix.basename(program)
  if (!OF_SERVICES.has(name)) return name === 'patroni'
  return words.some((word) => word.startsWith('patroni'))
}

function withoutSudo([first = '', ...words]: readonly string[]): readonly string[] {
  if (!/^(?:sudo|doas)$/.test(posix.basename(first))) return [first, ...words]
  const start = words.findIndex((word, index) => !word.startsWith('-') && !WITH_VALUE.has(words[index - 1] ?? ''))
  return start < 0 ? [] : words.slice(start)
}
