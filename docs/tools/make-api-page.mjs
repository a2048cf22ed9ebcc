// Makes docs/api.html, the page at /docs, from docs/openapi.yaml: one file,
// no script, nothing to load.
//   BUILD_DIR=var/build node docs/tools/make-api-page.mjs    (or: make api-page)
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const docs = resolve(dirname(fileURLToPath(import.meta.url)), '..');

const style = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --link: #0b57a4; }
@media (prefers-color-scheme: dark) { :root { --link: #8ec7ff; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 56rem; margin: 0 auto; padding: 0 1rem 4rem; overflow-wrap: anywhere; }
a { color: var(--link); text-decoration: none; } a:hover { text-decoration: underline; }
code, pre { font: .9em/1.45 ui-monospace, monospace; } code { background: var(--soft); padding: .1em .25em; border-radius: .2em; }
pre { background: var(--soft); padding: .75rem; overflow-x: auto; border-radius: .4rem; overflow-wrap: normal; }
h2 { margin-top: 3rem; border-bottom: 1px solid var(--line); } h3 { margin: 2.5rem 0 .25rem; } h4 { margin: 1.25rem 0 .25rem; }
nav ul, ul.plain { list-style: none; padding: 0; } nav li { margin: .35rem 0; } nav ul ul { padding-left: 1rem; } nav ul ul li { margin: .15rem 0; }
.method { font-weight: 600; font-size: .8em; border: 1px solid var(--line); border-radius: .25rem; padding: .05rem .35rem; margin-right: .4rem; }
.soft { opacity: .75; } dl { margin: .25rem 0; } dt { margin-top: .5rem; } dd { margin: 0 0 0 1rem; }
summary { cursor: pointer; margin: .5rem 0; } li p, dd p { margin: .25rem 0; }
`.trim();

const escape = (text) => String(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const inline = (text) => escape(text).replace(/`([^`]+)`/g, '<code>$1</code>').replace(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>');
const anchor = (text) => text.toLowerCase().replace(/[^a-z0-9]+/g, '-');
const code = (value) => `<code>${escape(typeof value === 'string' ? value : JSON.stringify(value))}</code>`;

/** Paragraphs and lists of the document's own description. */
function prose(text) {
  return text.trim().split(/\n\n+/).map((block) => (block.startsWith('- ')
    ? `<ul>\n${block.slice(2).split(/\n- /).map((item) => `<li>${inline(item)}</li>`).join('\n')}\n</ul>` : `<p>${inline(block)}</p>`)).join('\n');
}

/** The whole page. */
export function makePage(document) {
  const deref = (value) => (value?.$ref ? value.$ref.slice(2).split('/').reduce((at, key) => at[key.replaceAll('~1', '/').replaceAll('~0', '~')], document) : value);
  const meanings = document.components.schemas.ProblemCode['x-codes'];

  // ---- Schemas

  const limits = (s) => [
    s.minLength !== undefined || s.maxLength !== undefined ? `${s.minLength ?? 0} to ${s.maxLength ?? 'any number of'} characters` : '',
    s.minimum !== undefined || s.maximum !== undefined ? `${s.minimum ?? 'any'} to ${s.maximum ?? 'any'}` : '',
    s.minItems !== undefined || s.maxItems !== undefined ? `${s.minItems ?? 0} to ${s.maxItems ?? 'any number of'} entries` : '',
    s.minProperties !== undefined ? `at least ${s.minProperties} ${s.minProperties === 1 ? 'field' : 'fields'}` : '',
    s.pattern !== undefined ? `as ${code(s.pattern)}` : '',
    s.default !== undefined ? `${code(s.default)} if absent` : '',
  ].filter(Boolean).join(', ');

  /** A type in a few words. */
  function kind(schema) {
    if (schema.$ref) {
      const name = schema.$ref.split('/').pop();
      return `<a href="#schema-${anchor(name)}">${name}</a>`;
    }
    if (schema.oneOf ?? schema.anyOf ?? schema.allOf) return (schema.oneOf ?? schema.anyOf ?? schema.allOf).map(kind).join(' or ');
    if (schema.const !== undefined) return code(schema.const);
    if (schema.enum) return schema.enum.map(code).join(', ');
    const types = [schema.type].flat().filter(Boolean);
    const words = types.map((t) => (t === 'array' ? `list of ${kind(schema.items)}` : t === 'string' && schema.format ? schema.format : t)).join(' or ');
    return [words, limits(schema)].filter(Boolean).join(', ');
  }

  const inner = (schema) => (schema.properties ? schema : (schema.oneOf ?? []).find((s) => s.properties) ?? (schema.items?.properties && schema.items));

  function properties(schema) {
    const items = Object.entries(schema.properties ?? {}).map(([name, property]) => {
      const optional = schema.required?.includes(name) ? '' : ' <span class="soft">optional</span>';
      const nested = inner(property);
      return `<dt><code>${escape(name)}</code> ${nested ? [property.type].flat().filter(Boolean).join(' or ') || 'object or null' : kind(property)}${optional}</dt>
${property.description ? `<dd>${inline(property.description)}</dd>\n` : ''}${nested ? `<dd>${properties(nested)}</dd>\n` : ''}`;
    });
    return items.length > 0 ? `<dl>\n${items.join('')}</dl>` : '';
  }

  const schemas = () => Object.entries(document.components.schemas).map(([name, schema]) => `<h3 id="schema-${anchor(name)}">${name}</h3>
${schema.description ? `<p>${inline(schema.description.replace(/ `x-codes`.*/, ''))}</p>\n` : ''}${name === 'ProblemCode' ? '<p>See <a href="#codes">the codes</a>.</p>'
    : schema.properties ? `${limits(schema) ? `<p>${limits(schema)}</p>\n` : ''}${properties(schema)}` : `<p>${kind(schema)}</p>`}`).join('\n');

  // ---- Operations

  const example = (media) => {
    const value = media.example ?? deref(Object.values(media.examples ?? {})[0])?.value;
    if (value === undefined) return '';
    const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
    return `<details><summary>Example</summary>\n<pre>${escape(text)}</pre></details>`;
  };

  const contents = (content) => Object.entries(content ?? {}).filter(([type]) => type !== 'application/problem+json').map(([type, media]) => {
    const schema = media.schema.$ref ? kind(media.schema) : '';
    return `<p>${schema ? `${schema}, ` : ''}<code>${type}</code></p>\n${example(media)}`;
  }).join('\n');

  const parameters = (list) => `<dl>\n${list.map((p) => `<dt><code>${p.name}</code> <span class="soft">in the ${p.in}${p.required ? '' : ', optional'}</span> ${kind(p.schema)}</dt>\n<dd>${inline(p.description)}</dd>`).join('\n')}\n</dl>`;

  const codesIn = (value) => (value === null || typeof value !== 'object' ? [] : Array.isArray(value) ? value.flatMap(codesIn)
    : [...(value.properties?.code?.enum ?? []), ...(value.$ref === '#/components/schemas/TotalChanged' ? ['total_changed'] : []), ...Object.values(value).flatMap(codesIn)]);

  const links = (response) => codesIn(response.content).map((c) => `<a href="#code-${c}"><code>${c}</code></a>`).join(' ');

  const errors = (responses) => Object.entries(responses).filter(([status]) => status >= 400).map(([status, given]) =>
    `<dt>${status} ${inline(deref(given).description)}</dt>\n<dd>${links(deref(given))}</dd>`).join('\n');

  const answers = (responses) => Object.entries(responses).filter(([status]) => status < 400).map(([status, given]) => {
    const headers = Object.keys(deref(given).headers ?? {}).filter((h) => h !== 'X-Request-Id');
    return `<p><strong>${status}</strong> ${inline(deref(given).description)}${headers.length ? ` <span class="soft">Headers: ${headers.join(', ')}.</span>` : ''}</p>\n${contents(deref(given).content)}`;
  }).join('\n');

  function operation({ path, method, item, operation: o }) {
    const all = [...(item.parameters ?? []), ...(o.parameters ?? [])].map(deref);
    const roles = o['x-roles'].length > 0 ? `For: ${o['x-roles'].join(', ')}.` : 'For everybody: no token is needed.';
    const body = o.requestBody && `<h4>Body${o.requestBody.required ? '' : ' (may be left out)'}</h4>\n${contents(o.requestBody.content)}`;
    return [`<h3 id="${o.operationId}">${escape(o.summary)}</h3>`, `<p><span class="method">${method.toUpperCase()}</span><code>${escape(path)}</code></p>`,
      `<p>${inline(o.description)}</p>`, `<p class="soft">${roles}</p>`, all.length > 0 && `<h4>Parameters</h4>\n${parameters(all)}`, body, `<h4>Answer</h4>\n${answers(o.responses)}`,
      `<details><summary>Errors</summary>\n<dl>\n${errors(o.responses)}\n</dl></details>`].filter(Boolean).join('\n');
  }

  const operations = Object.entries(document.paths).flatMap(([path, item]) => Object.entries(item).filter(([method]) => method !== 'parameters').map(([method, o]) => ({ path, method, item, operation: o })));
  const ofTag = (tag) => operations.filter(({ operation: o }) => o.tags.includes(tag));

  const table = document.tags.map(({ name }) => `<li><a href="#${anchor(name)}">${name}</a>\n<ul>\n${ofTag(name).map(({ path, method, operation: o }) =>
    `<li><a href="#${o.operationId}">${escape(o.summary)}</a> <span class="soft">${method.toUpperCase()} ${escape(path)}</span></li>`).join('\n')}\n</ul></li>`).join('\n');
  const sections = document.tags.map(({ name, description }) => `<section>\n<h2 id="${anchor(name)}">${name}</h2>\n<p>${inline(description)}</p>\n${ofTag(name).map(operation).join('\n')}\n</section>`).join('\n');
  const codes = Object.entries(meanings).map(([name, [status, title]]) => `<dt id="code-${name}"><code>${name}</code> <span class="soft">${status}</span></dt>\n<dd>${escape(title)}.</dd>`).join('\n');

  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(document.info.title)} ${document.info.version}: the HTTP interface</title>
<style>
${style}
</style>
</head>
<body>
<h1>${escape(document.info.title)} ${document.info.version}</h1>
<p>${inline(document.info.summary)}</p>
${prose(document.info.description)}
<nav>
<h2 id="contents">Contents</h2>
<ul>
${table}
<li><a href="#codes">Error codes</a></li>
<li><a href="#schemas">Schemas</a></li>
</ul>
</nav>
${sections}
<section>
<h2 id="codes">Error codes</h2>
<p>Beside its own ones, any request may meet: ${links(document.components.responses.Otherwise)}</p>
<dl>
${codes}
</dl>
</section>
<section>
<h2 id="schemas">Schemas</h2>
${schemas()}
</section>
</body>
</html>
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { parse } = createRequire(join(resolve(process.env.BUILD_DIR ?? 'var/build'), 'npm/'))('yaml');
  writeFileSync(join(docs, 'api.html'), makePage(parse(readFileSync(join(docs, 'openapi.yaml'), 'utf8'))));
}
