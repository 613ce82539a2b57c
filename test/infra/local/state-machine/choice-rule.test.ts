import { describe, expect, it } from 'vitest';
import { finish, runToOutput, start, startScriptedEngine } from './scripted-engine.ts';

const input = { word: 'await', other: 'await', number: 7, limit: 8, yes: true, nothing: null };

function choose(rule: object, fields: object = { Default: 'No' }) {
  return {
    StartAt: 'Choose',
    States: {
      Choose: { Type: 'Choice', Choices: [{ ...rule, Next: 'Yes' }], ...fields },
      Yes: { Type: 'Pass', Result: 'yes', End: true },
      No: { Type: 'Pass', Result: 'no', End: true },
    },
  };
}

const word = (comparison: object) => ({ Variable: '$.word', ...comparison });
const number = (comparison: object) => ({ Variable: '$.number', ...comparison });

describe('a rule of a Choice state', () => {
  it.each([
    [word({ StringEquals: 'await' }), 'yes'],
    [word({ StringEquals: 'done' }), 'no'],
    [word({ StringEqualsPath: '$.other' }), 'yes'],
    [word({ StringMatches: 'a*t' }), 'yes'],
    [word({ StringMatches: 'a.*t' }), 'no'],
    [number({ StringEquals: '7' }), 'no'],
    [number({ NumericEquals: 7 }), 'yes'],
    [number({ NumericLessThan: 7 }), 'no'],
    [number({ NumericLessThanEquals: 7 }), 'yes'],
    [number({ NumericGreaterThan: 6.5 }), 'yes'],
    [number({ NumericGreaterThanEquals: 8 }), 'no'],
    [number({ NumericLessThanPath: '$.limit' }), 'yes'],
    [{ Variable: '$.yes', BooleanEquals: true }, 'yes'],
    [{ Variable: '$.yes', BooleanEquals: false }, 'no'],
    [{ Variable: '$.missing', IsPresent: true }, 'no'],
    [{ Variable: '$.missing', IsPresent: false }, 'yes'],
    [{ Variable: '$.nothing', IsPresent: true }, 'yes'],
    [{ Variable: '$.nothing', IsNull: true }, 'yes'],
    [word({ IsNull: false }), 'yes'],
    [word({ IsString: true }), 'yes'],
    [number({ IsString: true }), 'no'],
    [number({ IsNumeric: true }), 'yes'],
    [{ Variable: '$.yes', IsBoolean: true }, 'yes'],
    [{ Variable: '$$.Execution.Name', StringEquals: 'one' }, 'yes'],
    [{ And: [word({ StringEquals: 'await' }), number({ NumericEquals: 7 })] }, 'yes'],
    [{ And: [word({ StringEquals: 'await' }), number({ NumericEquals: 8 })] }, 'no'],
    [{ Or: [word({ StringEquals: 'x' }), { Not: number({ NumericEquals: 8 }) }] }, 'yes'],
    [{ Not: word({ StringEquals: 'await' }) }, 'no'],
  ])('%j leads to %s', async (rule, expected) => {
    expect(await runToOutput(startScriptedEngine({ definition: choose(rule) }), input)).toBe(expected);
  });

  it('fails with States.NoChoiceMatched when no rule holds and there is no Default', async () => {
    const definition = choose(word({ StringEquals: 'x' }), {});
    const scripted = startScriptedEngine({ definition });
    const ended = await finish(scripted, start(scripted, input));
    expect(ended).toMatchObject({ status: 'FAILED', error: 'States.NoChoiceMatched' });
  });

  it('fails with States.Runtime when it compares something that is not there', async () => {
    const definition = choose({ Variable: '$.missing', StringEquals: 'x' });
    const scripted = startScriptedEngine({ definition });
    const ended = await finish(scripted, start(scripted, input));
    expect(ended).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  });
});
