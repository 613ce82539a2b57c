import { describe, expect, it } from 'vitest';
import { resolveTemplate } from '../../../../infra/local/template/resolved-template.ts';
import { miniAssembly } from '../../../support/mini-assembly.ts';

const neighbours = {
  Films: { Type: 'AWS::S3::Bucket' },
  Machine: { Type: 'AWS::StepFunctions::StateMachine' },
  Queue: { Type: 'AWS::SQS::Queue' },
  Role: { Type: 'AWS::IAM::Role' },
  Tasks: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'tasks' } },
};
const conditions = {
  IsHere: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'us-east-1'] },
  IsElsewhere: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-west-1'] },
};

function resolveOne(value: unknown): unknown {
  const resources = { ...neighbours, Probe: { Type: 'AWS::IAM::Policy', Properties: { value } } };
  const [probe] = resolveTemplate(miniAssembly({ resources, conditions })).resources('AWS::IAM::Policy');
  return probe?.properties;
}

describe('resolveTemplate', () => {
  it.each([
    ['Ref of a bucket to its name in lower case', { Ref: 'Films' }, 'mini-films'],
    ['Ref of a table to the name that the template gives', { Ref: 'Tasks' }, 'tasks'],
    [
      'Ref of a machine to its ARN',
      { Ref: 'Machine' },
      'arn:aws:states:us-east-1:000000000000:stateMachine:Mini-Machine',
    ],
    [
      'Ref of a queue to its URL',
      { Ref: 'Queue' },
      'https://sqs.us-east-1.amazonaws.com/000000000000/Mini-Queue',
    ],
    [
      'GetAtt of the ARN of a queue',
      { 'Fn::GetAtt': ['Queue', 'Arn'] },
      'arn:aws:sqs:us-east-1:000000000000:Mini-Queue',
    ],
    ['Ref of the stack name', { Ref: 'AWS::StackName' }, 'Mini'],
    [
      'GetAtt of an ARN',
      { 'Fn::GetAtt': ['Tasks', 'Arn'] },
      'arn:aws:dynamodb:us-east-1:000000000000:table/tasks',
    ],
    ['Join over nested intrinsics', { 'Fn::Join': ['/', ['a', { Ref: 'Tasks' }]] }, 'a/tasks'],
    ['Select from Split', { 'Fn::Select': [1, { 'Fn::Split': ['-', { Ref: 'Films' }] }] }, 'films'],
    ['If of a true condition', { 'Fn::If': ['IsHere', 'yes', 'no'] }, 'yes'],
    ['If of a false condition', { 'Fn::If': ['IsElsewhere', 'yes', 'no'] }, 'no'],
    ['Sub of a reference', { 'Fn::Sub': `\${AWS::AccountId}:\${Tasks}` }, '000000000000:tasks'],
    [
      'Sub of an attribute, a variable and a literal',
      { 'Fn::Sub': [`\${Films.Arn}+\${x}+\${!y}`, { x: 1 }] },
      `arn:aws:s3:::mini-films+1+\${y}`,
    ],
  ])('resolves %s', (_what, value, expected) => {
    expect(resolveOne(value)).toEqual({ value: expected });
  });

  it('drops a property and an element that are AWS::NoValue', () => {
    expect(
      resolveOne({ kept: 0, gone: { Ref: 'AWS::NoValue' }, list: [1, { Ref: 'AWS::NoValue' }] }),
    ).toEqual({
      value: { kept: 0, list: [1] },
    });
  });

  it('leaves out a resource whose condition is false', () => {
    const resources = {
      Kept: { Type: 'AWS::S3::Bucket', Condition: 'IsHere' },
      Gone: { Type: 'AWS::S3::Bucket', Condition: 'IsElsewhere' },
    };
    const template = resolveTemplate(miniAssembly({ resources, conditions }));
    expect(template.resources('AWS::S3::Bucket').map(({ logicalId }) => logicalId)).toEqual(['Kept']);
  });

  it.each([
    ['an unknown intrinsic', { 'Fn::ImportValue': 'x' }, 'Probe: the intrinsic Fn::ImportValue'],
    [
      'an unknown attribute',
      { 'Fn::GetAtt': ['Tasks', 'StreamArn'] },
      'Probe: the attribute StreamArn of Tasks',
    ],
    ['a name that is not there', { Ref: 'Nobody' }, 'Probe: nothing in the template is called Nobody'],
  ])('throws with the logical id for %s', (_what, value, message) => {
    expect(() => resolveOne(value)).toThrow(message);
  });
});
