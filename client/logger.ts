import { withoutSecrets } from './secrets';

/**
 * The logger that `client/` writes to; the host supplies it (n8n's own logger there). It never
 * throws: a line that cannot be written ends nothing. `unfailing` makes such a logger of any other.
 */
export interface Logger {
	debug(message: string): void;
	info(message: string): void;
	warn(message: string): void;
	error(message: string): void;
	/**
	 * The same log, for lines that come from somewhere else; a logger of an older version of the
	 * package has none.
	 */
	as?(where: string): Logger;
}

/** The same log, for lines about a thing whose name may change. */
export function logOf(logger: Logger, where: () => string): Logger {
	const write = (level: Level) => (message: string) => {
		(logger.as?.(where()) ?? logger)[level](message);
	};
	return { ...levels(write), as: (other) => logger.as?.(other) ?? logger };
}

type Level = 'debug' | 'info' | 'warn' | 'error';

function levels(write: (level: Level) => (message: string) => void): Record<Level, Logger[Level]> {
	return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

/** The same logger, whose own failures end nothing: there is nowhere to tell them. */
export function unfailing(logger: Logger): Logger {
	const write = (level: Level) => (message: string) => {
		try {
			logger[level](message);
		} catch {
			// Its host's transport is broken; what was to be logged goes on.
		}
	};
	return { ...levels(write), as: (where) => unfailing(logger.as?.(where) ?? logger) };
}

const LONGEST_LOGGED_TEXT = 200;
/**
 * A text may have megabytes; what lies behind this cannot be among the first 200 characters,
 * however much is taken out.
 */
const LONGEST_READ = 65_536;

/**
 * A text from the wire in a form that can stand in a log line, cut at 200 characters. Control
 * characters (new lines, terminal escapes, right-to-left marks) become escapes. A token goes before
 * that: half of it would not be known for one.
 */
export function loggable(text: string): string {
	const open = withoutSecrets(text.slice(0, LONGEST_READ));
	const shown = inOneLine(open.slice(0, LONGEST_LOGGED_TEXT));
	return open.length > LONGEST_LOGGED_TEXT ? `${shown}…` : shown;
}

/**
 * What would break a log line or disguise it. The two joiners stay, because emoji and Persian or
 * Indian names fall apart without them.
 */
const UNSAFE = /(?!\p{Join_Control})[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** The text with escapes for line breaks and other characters that nobody sees. */
export function inOneLine(text: string): string {
	return text.replace(UNSAFE, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}
