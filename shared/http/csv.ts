import { type HttpAnswer, type HttpEvent, textAnswer } from './http-event.ts';

/** A row of RFC 4180; `null` is an empty cell, and an empty text a quoted one. */
export type CsvRow = readonly (string | number | null)[];

export function csvAnswer(rows: readonly CsvRow[]): HttpAnswer {
  const lines = rows.map((row) => `${row.map(toCell).join(',')}\r\n`);
  return textAnswer('text/csv; charset=utf-8', lines.join(''));
}

function toCell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return `${value}`;
  const text = isFormula(value) ? `'${value}` : value;
  return text === '' || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Spreadsheets calculate what begins so, also behind blanks, and could be made to send data somewhere. */
function isFormula(text: string): boolean {
  return /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/.test(text);
}

/** Whether a client would rather have CSV than JSON, by what it accepts. */
export function prefersCsv({ accept = '' }: HttpEvent['headers']): boolean {
  const ranges = accept.split(',').map((range) => range.trim().toLowerCase());
  return qualityOf('text/csv', ranges) > qualityOf('application/json', ranges);
}

/** 0 for what is not named: a range such as `text/*` asks for no particular format. */
function qualityOf(type: string, ranges: readonly string[]): number {
  const range = ranges.find((candidate) => candidate.split(';')[0]?.trim() === type);
  if (range === undefined) return 0;
  return Number(/;\s*q=([\d.]+)/.exec(range)?.[1] ?? 1);
}
