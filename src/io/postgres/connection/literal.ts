// A value as an SQL literal, for statements that take no parameters.

/**
 * Quoted so that it is one literal with either value of standard_conforming_strings. Throws for a zero byte, which text
 * can't contain.
 */
export function sqlLiteral(value: string): string {
  if (value.includes('\0')) throw new TypeError('a text of SQL holds no zero byte')
  const quoted = value.replaceAll("'", "''")
  return quoted.includes('\\') ? `E'${quoted.replaceAll('\\', '\\\\')}'` : `'${quoted}'`
}
