// Comma-separated values, read strictly (RFC 4180).
import assert from 'node:assert/strict';

/** Records of fields, each as {text, quoted}. */
export function parseCsv(text) {
  const records = [];
  for (let at = 0; at < text.length;) {
    const record = [];
    for (;;) {
      const field = /"((?:[^"]|"")*)"|([^",\r\n]*)/y;
      field.lastIndex = at;
      const found = field.exec(text);
      record.push({ text: found[1] !== undefined ? found[1].replaceAll('""', '"') : found[2], quoted: found[1] !== undefined });
      at += found[0].length;
      if (text[at] === ',') at++;
      else if (text.startsWith('\r\n', at)) break;
      else assert.fail(`byte ${at}: neither a comma nor CRLF: ${JSON.stringify(text.slice(at, at + 20))}`);
    }
    at += 2;
    records.push(record);
  }
  for (const record of records) assert.equal(record.length, records[0].length, 'records of one length');
  return records;
}

/** As a spreadsheet gets it: what would be a formula has an apostrophe in front. */
export const guarded = (text) => (/^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text);
