// Tells a connection string from a mistyped command, before anything is parsed or loaded.

/** Whether an argument is meant as a connection string, be it a right one or not. */
export function looksLikeDsn(text: string): boolean {
  return /^[a-z]+:\/\//i.test(text) || /^\s*[a-z_]+\s*=/i.test(text)
}
