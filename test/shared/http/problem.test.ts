import { describe, expect, it } from 'vitest';
import type { Violation } from '../../../shared/domain/quote.ts';
import { ConchError, InvalidRequestError } from '../../../shared/errors.ts';
import { toProblem } from '../../../shared/http/problem.ts';

const violation = (param: string): Violation => ({
  param,
  code: 'unknown_field',
  message: `${param} is unknown`,
});

describe('toProblem', () => {
  it('lists 50 refused fields, and says nothing of more', () => {
    const problem = toProblem(
      new InvalidRequestError([violation('a'), ...Array.from({ length: 49 }, () => violation('b'))]),
    );

    expect(problem.errors).toHaveLength(50);
    expect(problem.detail).toBe('a is unknown (and 49 more, see errors)');
  });

  it('lists the first 50 of 51 refused fields, and says how many there are', () => {
    const problem = toProblem(
      new InvalidRequestError([violation('a'), ...Array.from({ length: 50 }, () => violation('b'))]),
    );

    expect(problem.errors).toHaveLength(50);
    expect(problem.detail).toBe('a is unknown (and 50 more, see errors); errors lists 50 of 51');
    expect(problem.error.message).toBe(problem.detail);
  });

  it('cuts a message and a param of any length, and makes them well-formed', () => {
    const long = `\ud800${'x'.repeat(10_000)}`;
    const problem = toProblem(new ConchError('invalid_query', long, { param: long }));

    expect(problem).toMatchObject({
      detail: `\ufffd${'x'.repeat(3999)}…`,
      param: `\ufffd${'x'.repeat(99)}…`,
      error: { param: problem.param },
    });
  });
});
