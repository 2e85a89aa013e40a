/** The interface as one page, drawn here from its description: no script, no style of others, nothing from outside. */

interface Operation {
  readonly summary?: string
  readonly tags?: readonly string[]
  readonly parameters?: readonly { name: string; in: string; required?: boolean; schema?: object }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { schema: object }>> }
  readonly responses?: Readonly<Record<string, { description?: string; content?: Record<string, { schema?: object }> }>>
  readonly security?: readonly object[]
}

/** @param document as `openApiDocument` makes it  @returns HTML that names /docs/style.css */
export function docsPage(document: Record<string, unknown>): string {
  const { info, tags, paths } = document as unknown as {
    info: { title: string; version: string; description: string }
    tags: readonly { name: string; description: string }[]
    paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  }
  const sections = tags.map(({ name, description }) => {
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([, { tags: own }]) => own?.includes(name))
        .map(([method, operation]) => operationHtml(method, path, operation)),
    )
    return `<section id="${escapeHtml(name.replaceAll(' ', '-'))}"><h2>${escapeHtml(name)}</h2><p>${escapeHtml(description)}</p>${operations.join('')}</section>`
  })
  const links = tags.map(({ name }) => `<a href="#${escapeHtml(name.replaceAll(' ', '-'))}">${escapeHtml(name)}</a>`)
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(info.title)}</title><link rel="stylesheet" href="/docs/style.css"></head>
<body><main><h1>${escapeHtml(info.title)} ${escapeHtml(info.version)}</h1><p>${escapeHtml(info.description)}</p>
<p>The same for programs: <a href="/openapi.json">openapi.json</a>. Errors are problem documents: code, what happened, what to do.</p>
<nav>${links.join(' ')}</nav>
${sections.join('\n')}
</main></body></html>
`
}

function operationHtml(method: string, path: string, operation: Operation): string {
  const { summary = '', parameters = [], requestBody, responses = {}, security = [] } = operation
  const needs = security.some((each) => Object.keys(each).length === 0) ? '' : ' <em>needs sign-in or key</em>'
  const rows = parameters.map(
    ({ name, in: place, required, schema }) =>
      `<tr><td><code>${escapeHtml(name)}</code></td><td>${escapeHtml(place)}${required ? ', required' : ''}</td><td>${code(schema)}</td></tr>`,
  )
  const body = requestBody?.content['application/json']
  const successes = Object.entries(responses).filter(([status]) => Number(status) < 400)
  const replies = successes.flatMap(([status, { description = '', content = {} }]) => {
    const kinds = Object.entries(content).map(
      ([type, { schema }]) => `<h4>${status} ${escapeHtml(type)}</h4>${code(schema)}`,
    )
    return kinds.length > 0 ? kinds : [`<h4>${status} ${escapeHtml(description)}</h4>`]
  })
  return `<details><summary><code>${method.toUpperCase()} ${escapeHtml(path)}</code> ${escapeHtml(summary)}${needs}</summary>
${rows.length === 0 ? '' : `<table>${rows.join('')}</table>`}${body === undefined ? '' : `<h4>body</h4>${code(body.schema)}`}${replies.join('')}</details>`
}

const code = (json: unknown): string =>
  json === undefined ? '' : `<pre>${escapeHtml(JSON.stringify(json, null, 1))}</pre>`

/** Text that cannot become markup, in content and in quoted attributes. */
export const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (each) => `&#${each.charCodeAt(0)};`)

export const DOCS_STYLE = `:root{color-scheme:light dark;--paper:#FBF8F1;--sheet:#F1ECE0;--text:#1D1B16;--muted:#5F594C;--ink:#23409A}
@media(prefers-color-scheme:dark){:root{--paper:#15171A;--sheet:#1F2226;--text:#ECE7DC;--muted:#A8A293;--ink:#A3B8FF}}
body{background:var(--paper);color:var(--text);font:15px/1.5 "IBM Plex Sans",system-ui,sans-serif;margin:0}
main{max-width:60rem;margin:0 auto;padding:24px 16px 64px}
h1{font-size:32px}h2{font-size:24px;margin-top:40px}h4{margin:12px 0 4px}
a{color:var(--ink)}a:focus-visible,summary:focus-visible{outline:2px solid var(--ink);outline-offset:2px}
nav a{display:inline-block;padding:12px 8px}
summary{padding:12px 0;cursor:pointer}details{border-top:1px solid var(--muted)}
em{color:var(--muted);font-style:normal}
pre{background:var(--sheet);padding:12px;overflow:auto;max-height:24rem;font-size:13px;line-height:1.3}
table{border-collapse:collapse}td{padding:4px 16px 4px 0;vertical-align:top}
`
