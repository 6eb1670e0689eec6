// What the versions of PgBouncer differ in.

/** Whether that version shows in SHOW STATE that all of it is paused: from 1.20 on. `version`: `PgBouncer 1.18.0`, `1.18.0`. */
export function tellsWholePause(version: string): boolean {
  const [major = 0, minor = 0] = version.replace(/^\w+ /, '').split('.').map(Number)
  return major > 1 || minor >= 20
}
