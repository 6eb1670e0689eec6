// What PostgreSQL takes the value of a Boolean setting for.

/** null: no Boolean. Any beginning of a word will do, as long as it is one word's only. */
export function booleanValue(text: string): boolean | null {
  const given = text.trim().toLowerCase()
  const begins = (word: string) => given !== '' && word.startsWith(given)
  if (given === 'on' || given === '1' || begins('true') || begins('yes')) return true
  return given === 'of' || given === 'off' || given === '0' || begins('false') || begins('no') ? false : null
}
