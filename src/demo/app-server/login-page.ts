// The page a visitor of the demo's application servers gets.

/** The login page; both words are our own, so nothing in it needs escaping. */
export function loginPage(server: string, access: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${server}</title></head>
<body>
<h1>Sign in</h1>
<p>You are on <b>${server}</b>; access: ${access}.</p>
<form method="post" action="/sessions"><button>Sign in as a guest</button></form>
</body>
</html>
`
}
