// Convex's limits of values and documents, which convex-test does not check.
export const BODY_BYTES_MAX = 16 * 1024 * 1024 + 2000;
const ARGUMENTS_BYTES_MAX = 16 * 1024 * 1024;
const DOCUMENT_BYTES_MAX = 1024 * 1024;
const DOCUMENT_NESTING_MAX = 16;
const VALUE_NESTING_MAX = 64;
const ARRAY_MAX = 8192;
const FIELDS_MAX = 1024;

const isPlain = (value) => typeof value === 'object' && value !== null && !(value instanceof ArrayBuffer);

/** Half of a surrogate pair in a text of the value: Convex's JSON parser refuses it. */
export function hasLoneSurrogate(value) {
  if (typeof value === 'string') return /\p{Surrogate}/u.test(value);
  if (Array.isArray(value)) return value.some(hasLoneSurrogate);
  if (!isPlain(value)) return false;
  return Object.entries(value).some(([name, inner]) => hasLoneSurrogate(name) || hasLoneSurrogate(inner));
}

function checkFieldName(name) {
  if (!/^[ -~]{1,1024}$/.test(name)) throw new Error(`Field name ${JSON.stringify(name)} must only contain non-control ASCII characters`);
  if (name.startsWith('$')) throw new Error(`Field name ${name} starts with '$', which is reserved`);
}

// The value's nesting; a number or text has none.
function nesting(value) {
  if (!isPlain(value)) return 0;
  const inner = Array.isArray(value) ? value : Object.values(value);
  if (Array.isArray(value) && inner.length > ARRAY_MAX) {
    throw new Error(`Array length is too long (${inner.length} > maximum length ${ARRAY_MAX})`);
  }
  if (!Array.isArray(value)) {
    if (inner.length > FIELDS_MAX) throw new Error(`Object has too many fields (${inner.length} > maximum number ${FIELDS_MAX})`);
    Object.keys(value).forEach(checkFieldName);
  }
  return 1 + inner.reduce((deepest, item) => Math.max(deepest, nesting(item)), 0);
}

function check(what, value, depthMax, bytes, bytesMax) {
  const depth = nesting(value);
  if (depth > depthMax) throw new Error(`${what} is too nested (${depth} levels deep > maximum depth ${depthMax})`);
  if (bytes > bytesMax) throw new Error(`${what} is too large (${bytes} B > maximum size ${bytesMax} B)`);
}

export function checkArguments(value, bytes) {
  check('Function arguments', value, VALUE_NESTING_MAX, bytes, ARGUMENTS_BYTES_MAX);
}

export function checkDocument(value, bytes) {
  const own = Object.keys(value).find((name) => name.startsWith('_') && name !== '_id' && name !== '_creationTime');
  if (own !== undefined) throw new Error(`Field ${own} starts with '_', which is only allowed for system fields`);
  check('Document', value, DOCUMENT_NESTING_MAX, bytes, DOCUMENT_BYTES_MAX);
}
