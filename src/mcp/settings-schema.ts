// The keys of errata.yaml that are about MCP.
import * as z from 'zod';

export const toolNameStyles = ['dotted', 'underscore'] as const;

export const mcpSchema = z.strictObject({
  enabled: z.boolean().default(true),
  // Some clients refuse a dot in a tool's name.
  tool_names: z.enum(toolNameStyles).default('dotted'),
  // 2025-era clients then get a session, and with it questions to a person over HTTP.
  legacy_sessions: z.boolean().default(false),
  // Beside localhost and our own address: names under which a proxy passes clients on.
  allowed_hosts: z.array(z.string().min(1)).default([]),
  allowed_origins: z.array(z.string().min(1)).default([]),
});

export interface McpSettings {
  readonly enabled: boolean;
  readonly toolNames: (typeof toolNameStyles)[number];
  readonly legacySessions: boolean;
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
}

export function toMcpSettings(values: z.output<typeof mcpSchema>): McpSettings {
  return {
    enabled: values.enabled,
    toolNames: values.tool_names,
    legacySessions: values.legacy_sessions,
    allowedHosts: values.allowed_hosts,
    allowedOrigins: values.allowed_origins,
  };
}
