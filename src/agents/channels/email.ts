// E-mail over SMTP, plain text only. The Message-ID is made from the notification's id: a repetition after a broken
// connection is the same mail for whoever sorts it.
import { createTransport } from 'nodemailer';
import type { Channel, ChannelDeps, ChannelSettings } from '../channel.ts';
import { SendFailed } from '../channel.ts';
import type { Notification } from '../notice.ts';
import { kindTitles, linkOf, toLine, toLines } from './notice-text.ts';

type EmailSettings = Extract<ChannelSettings, { readonly type: 'email' }>;

/** A server may look for viruses before it says that it took a mail: given up too early, the same mail goes out again. */
const EMAIL_TIMEOUT_MS = 60_000;

/** RFC 5322, 2.1.1 advises 78 characters for a line; programs show about as much of a subject. */
const MAX_SUBJECT_CHARS = 150;
const MAX_NOTE_CHARS = 200;

const FOOTER = 'Sent by Errata. Messages come from services; nobody checked what they say.';

/** `ca`: certificates that the server's must come from, in PEM; those of the system when not given. */
export function createEmail(settings: EmailSettings, deps: ChannelDeps & { readonly ca?: string }): Channel {
  const { host, port, tls, user, password, from, to } = settings;
  return {
    name: settings.name,
    timeoutMs: EMAIL_TIMEOUT_MS,
    send: async (notification, signal) => {
      const pass = password === undefined ? '' : deps.secret(password);
      const transport = createTransport({
        host,
        port,
        secure: tls,
        // A password is not shown to whoever takes STARTTLS out of the server's answer.
        requireTLS: user !== '' && !tls,
        ...(user === '' ? {} : { auth: { user, pass } }),
        ...(deps.ca === undefined ? {} : { tls: { ca: deps.ca } }),
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      try {
        const { rejected, response } = await transport.sendMail({
          from,
          to: [...to],
          ...mailOf(notification, { from, publicUrl: deps.publicUrl }),
          signal,
        });
        const refused = rejected.length === 0 ? '' : ` (${rejected.length} of ${to.length} addresses were refused)`;
        return toLine(`${response}${refused}`, MAX_NOTE_CHARS);
      } catch (cause) {
        throw failedOf(cause, signal);
      } finally {
        transport.close();
      }
    },
  };
}

function mailOf(
  { id, createdAtMs, notice }: Notification,
  { from, publicUrl }: { readonly from: string; readonly publicUrl: string | undefined },
) {
  const link = linkOf(notice, publicUrl);
  const lines = [...toLines(notice), ...(link === undefined ? [] : ['', link]), '', '-- ', FOOTER];
  return {
    // One line, whatever the title says: what follows a line break would be a header.
    subject: toLine(`[Errata] ${kindTitles[notice.kind]}: ${notice.title}`, MAX_SUBJECT_CHARS),
    text: lines.join('\n'),
    date: new Date(createdAtMs),
    messageId: `<${id}@${from.slice(from.lastIndexOf('@') + 1)}>`,
    // No answers of machines (RFC 3834).
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}

function failedOf(cause: unknown, signal: AbortSignal): SendFailed {
  if (signal.aborted) return new SendFailed('no answer in time', { isFinal: false, cause });
  const { code, response, permanent } = cause as Error & { code?: unknown; response?: unknown; permanent?: unknown };
  const said = typeof response === 'string' ? response : typeof code === 'string' ? code : 'no connection';
  return new SendFailed(toLine(`SMTP: ${said}`, MAX_NOTE_CHARS), { isFinal: permanent === true, cause });
}
