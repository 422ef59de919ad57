// OpenAPI 3.1 from the route table and the schemas that the operations really use: nothing is written twice.
import * as z from 'zod';
import { failures } from '../failure.ts';
import { pathFields } from './read-input.ts';
import type { Route } from './routes.ts';

type Json = Readonly<Record<string, unknown>>;

export function describeApi(routes: readonly Route[]): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: describeRoute(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Errata',
      version: '1',
      description: 'Errors of services, grouped; resolved and fixed. Times are UTC, ISO-8601.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'Made by `errata token create`.' } },
      schemas: { Problem: problemSchema() },
    },
  };
}

function describeRoute(route: Route): Json {
  const { operation } = route;
  const { properties = {}, required = [] } = toSchema(operation.input, 'input');
  const inPath = pathFields(route.path);
  const outside = Object.keys(properties).filter((name) => !inPath.includes(name));
  const parameters = [
    ...inPath.map((name) => ({ name, in: 'path', required: true, schema: properties[name] })),
    ...(route.method === 'POST'
      ? []
      : outside.map((name) => ({ name, in: 'query', required: required.includes(name), schema: properties[name] }))),
  ];
  const body = {
    type: 'object',
    properties: Object.fromEntries(outside.map((name) => [name, properties[name]])),
    required: required.filter((name) => outside.includes(name)),
    additionalProperties: false,
  };
  return {
    operationId: operation.name,
    summary: operation.summary,
    description: `Asks for the scope \`${operation.scope}\`.`,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.method === 'POST'
      ? { requestBody: { required: body.required.length > 0, content: { 'application/json': { schema: body } } } }
      : {}),
    responses: {
      ...Object.fromEntries(
        statusesOf(route).map((status) => [status, { description: 'Done.', content: describeAnswer(route) }]),
      ),
      default: {
        description: 'Refused or failed; `code` says why.',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

function statusesOf(route: Route): readonly number[] {
  return 'wasThere' in route ? [200, route.status] : [route.status];
}

function describeAnswer({ operation }: Route): Json {
  switch (operation.kind) {
    case 'answer':
      return { 'application/json': { schema: toSchema(operation.output, 'output') } };
    case 'stream':
      // 3.1 has no word for the items of a stream: they are described as the text that `data:` lines carry.
      return {
        'text/event-stream': {
          schema: {
            type: 'string',
            contentMediaType: 'application/json',
            contentSchema: toSchema(operation.output, 'output'),
          },
        },
      };
  }
}

function problemSchema(): Json {
  return {
    type: 'object',
    description: 'RFC 9457.',
    properties: {
      type: { type: 'string', description: 'Where the code is explained.' },
      title: { type: 'string' },
      status: { type: 'integer' },
      detail: { type: 'string' },
      code: { type: 'string', enum: Object.keys(failures) },
      field: { type: 'string', description: 'The first input field at fault.' },
      errors: {
        type: 'array',
        items: {
          type: 'object',
          properties: { field: { type: 'string' }, message: { type: 'string' } },
          required: ['field', 'message'],
        },
      },
    },
    required: ['type', 'title', 'status', 'detail', 'code'],
  };
}

/** `$schema` belongs to whole documents: OpenAPI 3.1 has its dialect already. */
function toSchema(schema: z.ZodType, io: 'input' | 'output'): z.core.JSONSchema.BaseSchema {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, target: 'draft-2020-12' });
  return rest;
}
