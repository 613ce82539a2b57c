import type { ProviderDefinition } from '../../../../shared/providers/provider.ts';
import { readFixture } from '../../../support/read-fixture.ts';
import type { ProviderDialect } from '../provider-setting.ts';

const task = (fields: object) => JSON.stringify({ code: 200, message: 'success', data: fields });

/** The market dialect for the contract suite, whoever speaks it. */
export function marketDialectOf(definition: ProviderDefinition): ProviderDialect {
  return {
    definition,
    created: (idJson) => `{"code":200,"msg":"success","data":{"taskId":${idJson}}}`,
    refused: (code, msg) => JSON.stringify({ code, msg, data: null }),
    looked: (state) => task({ taskId: 'a', state, resultJson: '', failCode: '', failMsg: '' }),
    words: { queued: ['Waiting', 'Queuing'], running: ['Generating'] },
    succeeded: [readFixture('kie-market/record-success')],
    succeededWithoutUrl: [
      [task({ state: 'success' })],
      [task({ state: 'success', resultJson: '' })],
      [task({ state: 'success', resultJson: 'not json' })],
      [task({ state: 'success', resultJson: '{"resultUrls":null}' })],
      [task({ state: 'success', resultJson: '{"resultUrls":["", null, " "]}' })],
    ],
    failed: (failMsg) => task({ state: 'fail', resultJson: null, failCode: '500', failMsg }),
  };
}
