// A value as a literal of SQL, where a statement takes no parameters.

/** Quoted so that it is one literal whatever standard_conforming_strings says. Throws for a zero byte, which no text has. */
export function sqlLiteral(value: string): string {
  if (value.includes('\0')) throw new TypeError('a text of SQL holds no zero byte')
  const quoted = value.replaceAll("'", "''")
  return quoted.includes('\\') ? `E'${quoted.replaceAll('\\', '\\\\')}'` : `'${quoted}'`
}
